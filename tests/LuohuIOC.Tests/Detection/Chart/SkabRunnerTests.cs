using System.Globalization;
using LuohuIOC.Benchmarks.Skab;
using Xunit;

namespace LuohuIOC.Tests.Detection.Chart;

public sealed class SkabRunnerTests : IDisposable
{
    private readonly CsvDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void Quotes_and_decimal_commas_change_no_number()
    {
        var lines = Pump();
        _desk.Put("plain.csv", lines);
        _desk.Put("quoted.csv", [lines[0], .. lines.Skip(1).Select(l => $"\"{l.Replace(";", "\";\"")}\"")]);
        _desk.Put("commas.csv", [lines[0], .. lines.Skip(1).Select(l => l.Replace('.', ','))]);
        _desk.Put("separated.csv", lines.Select(l => l.Replace(';', ',')));
        Assert.Equal(0, Run());
        foreach (var other in new[] { "quoted.csv", "commas.csv", "separated.csv" }) Assert.Equal(_desk.Result("plain.csv"), _desk.Result(other));
        Assert.Contains(_desk.Result("plain.csv"), l => l.Split(',')[1] == "1");
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("Time")]
    public void The_time_may_be_called_otherwise(string name)
    {
        var lines = Pump();
        _desk.Put("plain.csv", lines);
        _desk.Put("other.csv", lines.Select(l => l.Replace("datetime", name)));
        Assert.Equal(0, Run());
        Assert.Equal(_desk.Result("plain.csv"), _desk.Result("other.csv"));
    }

    [Fact]
    public void A_file_without_numbers_is_a_problem_and_stops_no_other()
    {
        var lines = Pump();
        _desk.Put("a.csv", [lines[0], .. lines.Skip(1).Select(l => l.Replace('.', '~'))]);
        _desk.Put("b.csv", "datetime;anomaly", "2020-03-01 00:00:00;1");
        _desk.Put("c.csv", lines.Select(l => l.Replace("datetime", "when")));
        _desk.Put("d.csv", lines.Take(200));
        _desk.Put("e.csv", lines);
        Assert.Equal(1, Run());
        Assert.Equal(["a.csv", "b.csv", "c.csv", "d.csv"], _desk.Said.Select(s => s.Split(':')[0]));
        Assert.Contains("none of 2 metrics has numbers enough", _desk.Said[0]);
        Assert.Equal(["a.csv", "d.csv", "e.csv"], _desk.Results());
    }

    [Theory]
    [InlineData("")]
    [InlineData("off")]
    [InlineData("-Infinity")]
    [InlineData("1e300")]
    public void A_value_that_is_no_number_of_a_metric_is_missing(string value)
    {
        var lines = Pump();
        foreach (var row in new[] { 20, 21, 22, 450 })
        {
            var cells = lines[row].Split(';');
            lines[row] = $"{cells[0]};{value};{cells[2]};{cells[3]}";
        }
        // A metric of nothing else is left out.
        _desk.Put("some.csv", [lines[0] + ";spare", .. lines.Skip(1).Select(l => $"{l};{value}")]);
        Assert.Equal(0, Run());
        Assert.Equal(lines.Length, _desk.Result("some.csv").Length);
        Assert.All(_desk.Scores("some.csv"), s => Assert.True(double.IsFinite(double.Parse(s, CultureInfo.InvariantCulture)), s));
        Assert.Contains(_desk.Result("some.csv").Skip(501), l => l.Split(',')[1] == "1");
    }

    [Fact]
    public void A_time_that_cannot_be_read_stops_nothing()
    {
        var lines = Pump();
        _desk.Put("plain.csv", lines);
        _desk.Put("timeless.csv", [lines[0], .. lines.Skip(1).Select(l => "noon" + l[l.IndexOf(';')..])]);
        Assert.Equal(0, Run());
        Assert.Equal(_desk.Scores("plain.csv"), _desk.Scores("timeless.csv"));
        Assert.Contains("line 2: 'noon'", Assert.Single(_desk.Said));
    }

    [Theory]
    [InlineData("the chart looks at no times and takes the rows as they stand")]
    [InlineData("each is passed over and has the score of the row above it", "--pca")]
    public void Times_that_descend_are_said_once_a_file_and_what_is_done_with_their_rows(string done, params string[] options)
    {
        var lines = Pump();
        _desk.Put("back.csv", [.. lines.Take(501), lines[499], lines[498], .. lines.Skip(501)]);
        Assert.Equal(0, Run(options));
        Assert.StartsWith($"back.csv: line 502: the time '2020-03-01 00:08:18' lies before '2020-03-01 00:08:19' of a row above it, 2 such rows; {done}", Assert.Single(_desk.Said));
    }

    [Fact]
    public void Of_too_many_metrics_the_first_are_judged()
    {
        var lines = Pump();
        var more = string.Concat(Enumerable.Range(0, 70).Select(i => $";m{i}"));
        _desk.Put("wide.csv", [lines[0] + more, .. lines.Skip(1).Select(l => l + string.Concat(Enumerable.Repeat(";1", 70)))]);
        Assert.Equal(0, Run());
        Assert.Contains("72 metrics, the first 64", Assert.Single(_desk.Said));
        Assert.Equal(lines.Length, _desk.Result("wide.csv").Length);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("7")]
    [InlineData("-400")]
    [InlineData("99.5")]
    [InlineData("99999999999")]
    public void A_fit_that_is_no_number_of_rows_is_told(string rows)
    {
        _desk.Put("a.csv", Pump());
        Assert.Equal(2, Run("--fit", rows));
        Assert.Contains(rows, Assert.Single(_desk.Said));
        Assert.Empty(_desk.Results());
    }

    [Fact]
    public void Only_the_benchmarks_folder_without_labels_is_passed_over()
    {
        _desk.Put("anomaly-free/anomaly-free.csv", Pump());
        _desk.Put("plant/anomaly-free/a.csv", Pump());
        _desk.Put("not-anomaly-free.csv", Pump());
        Assert.Equal(0, Run("--fit", "50"));
        Assert.Equal(["not-anomaly-free.csv", "plant/anomaly-free/a.csv"], _desk.Results());
        Assert.Equal("anomaly-free/anomaly-free.csv: passed over", Assert.Single(_desk.Said));
    }

    private int Run(params string[] options) => SkabRunner.Run([_desk.In, _desk.Out, .. options], _desk.Errors);

    /// <summary>Two metrics; the current steps up in row 500.</summary>
    private static string[] Pump()
    {
        var random = new Random(7);
        var start = new DateTime(2020, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        return ["datetime;current;pressure;anomaly", .. Enumerable.Range(0, 600).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{start.AddSeconds(i):yyyy-MM-dd HH:mm:ss};{(i < 500 ? 0.02 : 0.9) + (random.NextDouble() * 0.01):F5};{1000 + random.NextDouble():F4};{(i < 500 ? 0 : 1)}"))];
    }
}
