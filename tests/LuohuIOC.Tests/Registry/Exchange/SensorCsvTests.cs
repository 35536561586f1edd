using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Registry.Exchange;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Registry.Exchange;

public class SensorCsvTests
{
    private const string Header = "id,kind,name,longitude,latitude,gateway";

    /// <summary>A mark that turns the direction would show another name than the record has, an invisible one two of the same name.</summary>
    [Theory]
    [InlineData('\u202e')]
    [InlineData('\u200b')]
    [InlineData('\u2028')]
    [InlineData('\t')]
    public async Task A_name_that_does_not_read_as_it_is_written_is_refused(char sign)
    {
        var file = await Read($"{Header}\na,pipe,甲{sign}站,114.1336,22.5553,gw-1\n");
        Assert.Equal([(2, "name", "control-character")], file.Refused.Select(r => (r.Line, r.Field, r.Code)));
        Assert.Empty(file.Drafts);
    }

    [Fact]
    public async Task Bad_rows_are_refused_by_line_column_and_reason_and_the_good_ones_stay()
    {
        var file = await Read($"""
            {Header},street,installed_on,synthetic,retired_at
            ok-1,pipe,甲站,114.1336,22.5553,gw-1,黄贝街道,2024-05-01,false,
            bad id,pipe,乙站,114.1336,22.5553,gw-1,,,,
            ,teapot,,114.1336,22.5553,gw/1,福田街道,2024-02-30,perhaps,yesterday
            swapped,pipe,丙站,22.5553,114.1336,gw-1,,,,
            nowhere,pipe,丁站,,abc,gw-1,,,,

            ok-2,{KindCatalogue.Of(SensorKind.Pipe).Chinese},戊站,114.1336,22.5553,gw-1,440303008,2024/5/1,是,2024-05-01 08:00
            short,pipe
            quote,pi"pe,己站,114.1336,22.5553,gw-1,,,,
            open,"pipe,庚站,114.1336,22.5553,gw-1,,,,
            abroad,pipe,辛站,114.06,22.54,gw-1,,,,
            hosts,pipe,癸站,114.1336,22.5553,ioc,,,,
            ok-3,generic,壬站,,,gw-1,,,,2024-05-01T08:00:00+09:00
            ..,pipe,子站,114.1336,22.5553,gw-1,,,,
            """);
        Assert.Equal(["ok-1", "ok-2", "ok-3"], file.Drafts.Select(d => d.Id));
        Assert.Equal(
            [
                (3, "id", "id-invalid"),
                (4, "gateway", "id-invalid"), (4, "id", "missing"), (4, "installed_on", "not-a-date"), (4, "kind", "kind-unknown"),
                (4, "name", "missing"), (4, "retired_at", "not-a-time"), (4, "street", "street-unknown"), (4, "synthetic", "not-a-boolean"),
                (5, "latitude", "not-degrees"),
                (6, "latitude", "not-degrees"), (6, "longitude", "missing"),
                (9, "row", "cell-count"), (10, "row", "bad-quotes"), (11, "row", "bad-quotes"),
                (12, "longitude", "outside-district"),
                (13, "gateway", "gateway-reserved"),
                (15, "id", "id-invalid"),
            ],
            file.Refused.Select(r => (r.Line, r.Field, r.Code)).Order());
        Some.AssertTextsFor(file.Refused);
        var second = file.Drafts[1];
        Assert.Equal((SensorKind.Pipe, "莲塘街道", new DateOnly(2024, 5, 1), true), (second.Kind, second.Street, second.InstalledOn!.Value, second.Synthetic));
        Assert.Equal(new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero), second.RetiredAt);
        Assert.Null(file.Drafts[2].Place);
        Assert.Equal(new DateTimeOffset(2024, 4, 30, 23, 0, 0, TimeSpan.Zero), file.Drafts[2].RetiredAt);
    }

    [Theory]
    [InlineData("2024-05-01T08:00:00+08:00", true)]
    [InlineData("2024-05-01T00:00Z", true)]
    [InlineData("2024-05-01T08:00", true)]
    [InlineData("2024-05-01 08:00:00", true)]
    [InlineData("1714521600000", true)]
    [InlineData("05/01/2024 08:00+08:00", false)]
    [InlineData("01/05/2024 00:00Z", false)]
    [InlineData("May 1, 2024 08:00 +08:00", false)]
    [InlineData("2024/5/1 8:00", false)]
    [InlineData("20240501", false)]
    [InlineData("1714521600", false)]
    public async Task Times_are_written_as_they_are_for_the_API_and_nothing_is_guessed(string text, bool isTime)
    {
        var file = await Read($"{Header},retired_at\na,pipe,甲站,114.1336,22.5553,gw-1,\"{text}\"\n");
        if (isTime) Assert.Equal(new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero), Assert.Single(file.Drafts).RetiredAt);
        else Assert.Equal([(2, "retired_at", "not-a-time", text)], file.Refused.Select(r => (r.Line, r.Field, r.Code, r.Value)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_byte_order_mark_is_welcome_and_not_needed(bool mark)
    {
        var bytes = Encoding.UTF8.GetBytes($"\"id\",kind,name,longitude,latitude,gateway\r\na,pipe,甲站,114.1336,22.5553,gw-1\r\n");
        var file = await SensorCsv.ReadAsync(new MemoryStream(mark ? [0xEF, 0xBB, 0xBF, .. bytes] : bytes), FileDatum.Wgs84, TestContext.Current.CancellationToken);
        Assert.Equal("甲站", Assert.Single(file.Drafts).Name);
    }

    [Fact]
    public async Task A_Chinese_header_means_the_same()
    {
        var file = await Read("编号,类型,名称,经度,纬度,网关,下游站点,备注\na,pipe,甲站,114.1336,22.5553,gw-1,b,随便\n");
        Assert.Equal("b", Assert.Single(file.Drafts).Downstream);
    }

    [Fact]
    public async Task Only_the_columns_of_the_file_are_given()
    {
        var file = await Read($"{Header},community\na,pipe,甲站,114.1336,22.5553,gw-1,\n");
        Assert.Equal(SensorFields.Community, Assert.Single(file.Drafts).Given);
    }

    [Theory]
    [InlineData("", "import-column-missing")]
    [InlineData("id,kind,name\na,pipe,甲\n", "import-column-missing")]
    [InlineData("id,kind,name,longitude,latitude,gateway,ID\n", "import-column-twice")]
    public async Task A_file_without_its_columns_is_no_import(string text, string code)
    {
        var error = await Assert.ThrowsAsync<ImportFileException>(() => Read(text));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task A_spreadsheet_in_GBK_is_named_as_such()
    {
        byte[] gbk = [.. Encoding.ASCII.GetBytes($"{Header}\na,pipe,"), 0xBC, 0xD7, 0xD5, 0xBE, .. Encoding.ASCII.GetBytes(",114.1336,22.5553,gw-1\n")];
        var error = await Assert.ThrowsAsync<ImportFileException>(
            () => SensorCsv.ReadAsync(new MemoryStream(gbk), FileDatum.Wgs84, TestContext.Current.CancellationToken));
        Assert.Equal("import-not-utf8", error.Code);
    }

    [Fact]
    public async Task A_line_without_end_is_not_read_to_its_end()
    {
        var error = await Assert.ThrowsAsync<ImportFileException>(() => Read($"{Header}\na,pipe,{new string('x', 1_000_000)},1,2,gw\n"));
        Assert.Equal("import-line-too-long", error.Code);
    }

    [Fact]
    public async Task Map_coordinates_are_converted_when_the_file_says_so()
    {
        var wgs = Some.Place;
        var gcj = Datum.WgsToGcj(wgs);
        var text = FormattableString.Invariant($"{Header}\na,pipe,甲站,{gcj.Longitude},{gcj.Latitude},gw-1\n");
        Assert.InRange((await Read(text, FileDatum.Gcj02)).Drafts[0].Place!.Value.MetresTo(wgs), 0, 0.01);
        Assert.InRange((await Read(text)).Drafts[0].Place!.Value.MetresTo(wgs), 400, 700);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1", "'＝1")]
    [InlineData("-1", "'-1")]
    [InlineData("'already", "''already")]
    [InlineData("普通名称", "普通名称")]
    public async Task A_name_that_is_a_formula_leaves_as_text_and_returns_as_it_was(string name, string cell)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var stream = new MemoryStream();
        await SensorCsv.WriteAsync(Some.Registry(Some.Draft("a", name: name)).All.ToArray(), stream, false, cancellation);
        Assert.Contains($",{cell},", Encoding.UTF8.GetString(stream.ToArray()));
        stream.Position = 0;
        Assert.Equal(name, (await SensorCsv.ReadAsync(stream, FileDatum.Wgs84, cancellation)).Drafts[0].Name);
    }

    [Fact]
    public async Task Leaves_with_a_header_a_mark_when_wanted_and_says_what_is_synthetic()
    {
        using var stream = new MemoryStream();
        var sensors = Some.Registry(Some.Draft("a") with { Synthetic = true }).All.ToArray();
        await SensorCsv.WriteAsync(sensors, stream, byteOrderMark: true, TestContext.Current.CancellationToken);
        Assert.Equal([0xEF, 0xBB, 0xBF], stream.ToArray()[..3]);
        var street = StreetMap.At(Some.Place).Name;
        Assert.Equal(
            $"id,kind,name,street,community,longitude,latitude,gateway,installed_on,synthetic,downstream,retired_at\r\na,pipe,某站,{street},,114.1336,22.5553,gw-1,,true,,\r\n",
            Encoding.UTF8.GetString(stream.ToArray()[3..]));
    }

    private static Task<ImportFile> Read(string text, FileDatum datum = FileDatum.Wgs84) =>
        SensorCsv.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), datum, TestContext.Current.CancellationToken);
}
