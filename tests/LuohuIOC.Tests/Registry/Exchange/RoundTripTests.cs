using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Registry.District;
using LuohuIOC.Registry.Exchange;
using LuohuIOC.Spatial;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Registry.Exchange;

public class RoundTripTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char["aZ9 ,;\"'=+-@＝洪湖\\<>&\U000000A0"], 1, 20].Where(n => n.Trim() == n && n.Length > 0 && Legible.Is(n));

    private static readonly Gen<SensorDraft> Draft = Gen.Select(
        Gen.String[Gen.Char["ab01-_.:"], 1, 20].Where(id => id is not ("." or "..")), Gen.Enum<SensorKind>(), Name, Gen.Select(Gen.Double[-900, 900], Gen.Double[-900, 900]),
        Gen.Select(Gen.OneOf(Gen.Const(""), Name), Gen.Int[0, 9], Gen.Int[0, 40_000], Gen.Bool), Gen.Long[0, 4_000_000_000_000],
        (id, kind, name, at, more, retired) => new SensorDraft
        {
            Line = 1,
            Id = id,
            Kind = kind,
            Name = name,
            // Not the rounded places of our own district: any double must come back bit for bit.
            Place = kind == SensorKind.Generic && more.Item4 ? null : new GeoPoint(Some.Place.Longitude + at.Item1 / 1e6, Some.Place.Latitude + at.Item2 / 1e6),
            Gateway = $"gw-{more.Item2}",
            Street = StreetMap.All[more.Item2].Name,
            Community = more.Item1,
            InstalledOn = more.Item3 == 0 ? null : new DateOnly(1970, 1, 1).AddDays(more.Item3),
            Synthetic = more.Item4,
            RetiredAt = retired % 2 == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(retired),
            Given = SensorFields.All,
        });

    private static readonly Gen<SensorDraft[]> Drafts = Draft.Array[0, 20].Select(drafts => drafts.DistinctBy(d => d.Id).ToArray());

    [Fact]
    public Task Csv_brings_back_every_field() => Drafts.SampleAsync(async drafts =>
    {
        foreach (var mark in new[] { false, true })
            await AssertRoundTrip(drafts, (s, to) => SensorCsv.WriteAsync(s, to, mark, default), from => SensorCsv.ReadAsync(from, FileDatum.Wgs84, default));
    });

    [Fact]
    public Task GeoJson_brings_back_every_field() => Drafts.SampleAsync(drafts =>
        AssertRoundTrip(drafts, (s, to) => SensorGeoJson.WriteAsync(s, to, default), from => SensorGeoJson.ReadAsync(from, FileDatum.Wgs84, default)));

    [Fact]
    public async Task The_whole_district_goes_out_and_comes_in_unchanged()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var registry = new SensorRegistry();
        registry.Apply(LuohuDistrict.Generate(new Dictionary<string, int>()));
        using var csv = new MemoryStream();
        await SensorCsv.WriteAsync(registry.All.ToArray(), csv, byteOrderMark: true, cancellation);
        csv.Position = 0;
        var file = await SensorCsv.ReadAsync(csv, FileDatum.Wgs84, cancellation);
        Assert.Empty(file.Refused);
        Assert.Equal((0, 0, registry.Count), Counts(registry.Apply(file.Drafts)));
        Assert.Equal((registry.Count, 0, 0), Counts(new SensorRegistry().Apply(file.Drafts)));
    }

    private static async Task AssertRoundTrip(SensorDraft[] drafts, Func<IEnumerable<Sensor>, Stream, Task> write, Func<Stream, Task<ImportFile>> read)
    {
        var registry = new SensorRegistry();
        Assert.Empty(registry.Apply(drafts).Refused);
        using var stream = new MemoryStream();
        await write(registry.All.ToArray(), stream);
        stream.Position = 0;
        var file = await read(stream);
        Assert.Empty(file.Refused);
        var copy = new SensorRegistry();
        Assert.Equal((registry.Count, 0, 0), Counts(copy.Apply(file.Drafts)));
        Assert.Equal(registry.All.ToArray(), copy.All.ToArray());
    }

    private static (int, int, int) Counts(ImportOutcome outcome) => (outcome.Added, outcome.Changed, outcome.Unchanged);
}
