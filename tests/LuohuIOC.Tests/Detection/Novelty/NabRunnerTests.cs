using System.Globalization;
using LuohuIOC.Benchmarks.Csv;
using LuohuIOC.Benchmarks.Nab;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

public sealed class NabRunnerTests : IDisposable
{
    private static readonly DateTime Start = new(2020, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly CsvDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void What_is_wrong_with_one_file_is_said_and_stops_no_other()
    {
        _desk.Put("a.csv", Series());
        _desk.Put("b.csv", "time,reading", "2020-03-01,1");
        _desk.Put("d.csv");
        File.CreateSymbolicLink(Path.Combine(_desk.In, "c.csv"), "nowhere.csv");
        _desk.Put("e.csv", Series());
        Directory.CreateDirectory(Path.Combine(_desk.Out, "e.csv"));
        _desk.Put("f/Z.CSV", Series());
        Assert.Equal(1, Run());
        // Nothing half written either: the place of e.csv is taken.
        Assert.Equal(["a.csv", "f/Z.CSV"], _desk.Results());
        Assert.Equal(["b.csv", "c.csv", "d.csv", "e.csv"], _desk.Said.Select(s => s.Split(':')[0]));
        Assert.Contains("line 1: no columns timestamp and value", _desk.Said[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n/a")]
    [InlineData("1,234.5")]
    public void A_row_without_a_number_is_missing_and_scores_0(string value)
    {
        var lines = Series();
        _desk.Put("whole.csv", lines);
        lines[250] = $"{At(249)},\"{value}\"";
        lines[260] = At(259);
        _desk.Put("some.csv", lines);
        _desk.Put("none.csv", [lines[0], .. lines.Skip(1).Select(l => l.Split(',')[0] + ",-")]);
        Assert.Equal(1, Run());
        var scores = _desk.Scores("some.csv");
        Assert.Equal(_desk.Scores("whole.csv").Length, scores.Length);
        Assert.Equal(("0", "0"), (scores[249], scores[259]));
        Assert.NotEqual("0", scores[300]);
        Assert.StartsWith("none.csv: none of 400 rows has a number", Assert.Single(_desk.Said));
        Assert.All(_desk.Scores("none.csv"), s => Assert.Equal("0", s));
    }

    [Fact]
    public void A_time_that_cannot_be_read_is_the_row_before_and_the_usual_interval_and_said_once()
    {
        var lines = Series();
        _desk.Put("whole.csv", lines);
        lines[100] = "yesterday" + lines[100][lines[100].IndexOf(',')..];
        lines[200] = lines[200][lines[200].IndexOf(',')..];
        _desk.Put("some.csv", lines);
        Assert.Equal(0, Run());
        Assert.Equal(_desk.Scores("whole.csv"), _desk.Scores("some.csv"));
        Assert.Contains("line 101: 'yesterday'", Assert.Single(_desk.Said));
    }

    [Fact]
    public void Times_that_descend_are_said_once_a_file_and_what_is_done_with_their_rows()
    {
        var lines = Series();
        _desk.Put("whole.csv", lines);
        _desk.Put("back.csv", [lines[0], .. lines.Skip(1).Reverse()]);
        _desk.Put("once.csv", [.. lines.Take(100), lines[98], lines[98], .. lines.Skip(100)]);
        Assert.Equal(0, Run());
        Assert.Equal(2, _desk.Said.Length);
        Assert.StartsWith($"back.csv: line 3: the time '{At(398)}' lies before '{At(399)}' of a row above it, 399 such rows; each counts as at the latest time", _desk.Said[0]);
        Assert.StartsWith($"once.csv: line 101: the time '{At(97)}' lies before '{At(98)}' of a row above it, 2 such rows;", _desk.Said[1]);
        Assert.Contains(_desk.Scores("whole.csv"), s => s != "0");
    }

    [Fact]
    public void A_file_whose_first_time_cannot_be_read_is_judged_as_from_its_second()
    {
        var lines = Series();
        _desk.Put("rest.csv", [lines[0], .. lines.Skip(2)]);
        lines[1] = ",1";
        _desk.Put("whole.csv", lines);
        Assert.Equal(0, Run());
        Assert.Equal(_desk.Scores("rest.csv"), _desk.Scores("whole.csv")[1..]);
    }

    [Theory]
    [InlineData("2020-03-01 15:44:06", 0)]
    [InlineData("2020-03-01T15:44:06Z", 0)]
    [InlineData("2020-03-01T23:44:06+08:00", 0)]
    [InlineData("01/03/2020 15:44:06", 0)]
    [InlineData("1/3/2020 15:44", -6000)]
    [InlineData("1583077446", 0)]
    [InlineData("1583077446.5", 500)]
    [InlineData("1583077446000", 0)]
    [InlineData("03/13/2020 15:44", null)]
    [InlineData("1e300", null)]
    [InlineData("", null)]
    public void Times_in_the_forms_that_people_write(string text, int? beside)
    {
        Assert.Equal(beside is not null, RowClock.TryParse(text, out var timeMs));
        if (beside is not null) Assert.Equal(1583077446000 + beside, timeMs);
    }

    [Theory]
    [InlineData(" Timestamp ,\"VALUE\"", ',')]
    [InlineData("\"timestamp\";\"value\"", ';')]
    [InlineData("Value\ttimestamp", '\t')]
    public void Headers_separators_and_quotes_as_people_write_them(string header, char separator)
    {
        var lines = Series();
        _desk.Put("plain.csv", lines);
        string Row(string line)
        {
            var (time, value) = (line.Split(',')[0], line.Split(',')[1]);
            return separator switch { ';' => $"\"{time}\";\"{value.Replace('.', ',')}\"", '\t' => $"{value}\t{time}", _ => $"\"{time}\", \"{value}\"" };
        }
        _desk.Put("other.csv", ["", header, "  ", .. lines.Skip(1).Select(Row), $"{separator}", ""]);
        Assert.Equal(0, Run());
        Assert.Equal(_desk.Scores("plain.csv"), _desk.Scores("other.csv"));
        Assert.Contains(_desk.Scores("plain.csv"), s => s != "0");
    }

    [Theory]
    [InlineData(null, "data/x.csv")]
    [InlineData("labels", "x.csv")]
    [InlineData("data/valve1", "x.csv")]
    public void Only_in_a_benchmarks_own_folder_is_data_the_root(string? beside, string written)
    {
        _desk.Put("data/x.csv", Series());
        if (beside is not null) Directory.CreateDirectory(Path.Combine(_desk.In, beside));
        Assert.Equal(0, Run());
        Assert.Equal([written], _desk.Results());
        Assert.Equal(beside is null ? 0 : 1, _desk.Said.Length);
    }

    [Fact]
    public void What_is_given_is_neither_written_over_nor_what_was_written_judged()
    {
        _desk.Put("x.csv", Series());
        Assert.Equal(2, NabRunner.Run([_desk.In, _desk.In + "/"], _desk.Errors));
        var below = Path.Combine(_desk.In, "out");
        for (var i = 0; i < 2; i++) Assert.Equal(0, NabRunner.Run([_desk.In, below], _desk.Errors));
        Assert.Equal([Path.Combine(below, "x.csv")], Directory.EnumerateFileSystemEntries(below));
    }

    [Fact]
    public void A_folder_without_files_is_told()
    {
        Directory.CreateDirectory(_desk.In);
        Assert.Equal(1, Run());
        Assert.EndsWith("no CSV", Assert.Single(_desk.Said));
    }

    private int Run() => NabRunner.Run([_desk.In, _desk.Out], _desk.Errors);

    private static string At(int row) => Start.AddMinutes(5 * row).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A level about 20, rough by a tenth, with a step that is news in row 300.</summary>
    private static string[] Series()
    {
        var random = new Random(3);
        return ["timestamp,value", .. Enumerable.Range(0, 400)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{At(i)},{20 + (random.NextDouble() * 0.2) + (i < 300 ? 0 : 5):F3}"))];
    }
}
