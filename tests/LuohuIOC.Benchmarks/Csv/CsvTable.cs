using System.Globalization;
using System.Text;

namespace LuohuIOC.Benchmarks.Csv;

/// <summary>
/// A CSV as other people's programs write it: cells between <c>,</c> <c>;</c> or tabs, quoted or not, blank rows passed over. Read once, row
/// by row; a quoted cell ends on its own line.
/// </summary>
internal sealed class CsvTable(IEnumerable<string> lines) : IDisposable
{
    private readonly IEnumerator<string> _lines = lines.GetEnumerator();
    private char _separator = ',';

    public string[] Header { get; private set; } = [];

    /// <summary>The line read last, the first is 1; 0 before.</summary>
    public int Line { get; private set; }

    /// <summary>To be called first; throws <see cref="InvalidDataException"/> when there is nothing to read.</summary>
    public void ReadHeader()
    {
        if (Next() is not { } line) throw new InvalidDataException("empty");
        _separator = SeparatorOf(line);
        Header = Split(line, _separator);
    }

    /// <summary>The rest, trimmed and without quotes. A row may have fewer cells than the header.</summary>
    public IEnumerable<string[]> Rows()
    {
        while (Next() is { } line)
        {
            var cells = Split(line, _separator);
            if (cells.Any(c => c.Length > 0)) yield return cells;
        }
    }

    /// <summary>By its name in whichever case; -1 for none.</summary>
    public int ColumnOf(string name) => Array.FindIndex(Header, h => h.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Empty where the row is too short.</summary>
    public static string Cell(string[] row, int column) => column < row.Length ? row[column] : "";

    /// <summary>The cell's number; NaN where there is none.</summary>
    public double Number(string[] row, int column)
    {
        var text = Cell(row, column);
        // Who separates by ; does so because the comma is the decimal point: 0,0268 >> 0.0268.
        if (_separator == ';' && !text.Contains('.')) text = text.Replace(',', '.');
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
    }

    /// <summary>A cell for writing: quoted where a comma would end it.</summary>
    public static string Quoted(string cell) => cell.AsSpan().ContainsAny(',', '"') ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;

    public void Dispose() => _lines.Dispose();

    private string? Next()
    {
        while (_lines.MoveNext())
        {
            Line++;
            if (!string.IsNullOrWhiteSpace(_lines.Current)) return _lines.Current;
        }
        return null;
    }

    /// <summary>The one that the header has most of.</summary>
    private static char SeparatorOf(string header)
    {
        Span<int> count = [0, 0, 0];
        var quoted = false;
        foreach (var c in header)
        {
            if (c == '"') quoted = !quoted;
            else if (!quoted && ";\t,".IndexOf(c) is var which and >= 0) count[which]++;
        }
        return count[0] > 0 && count[0] >= Math.Max(count[1], count[2]) ? ';' : count[1] > 0 && count[1] >= count[2] ? '\t' : ',';
    }

    private static string[] Split(string line, char separator)
    {
        var cells = new List<string>();
        for (var at = 0; ; at++)
        {
            while (at < line.Length && line[at] == ' ') at++;
            var end = at < line.Length && line[at] == '"' ? AddQuoted(line, at + 1, cells) : at;
            var next = line.IndexOf(separator, end);
            if (end == at) cells.Add((next < 0 ? line[at..] : line[at..next]).Trim());
            if (next < 0) return [.. cells];
            at = next;
        }
    }

    /// <summary>Returns where the cell has ended: <c>"a,b ""c""",</c> >> a,b "c".</summary>
    private static int AddQuoted(string line, int at, List<string> cells)
    {
        var text = new StringBuilder();
        for (; at < line.Length; at++)
        {
            if (line[at] != '"') text.Append(line[at]);
            else if (at + 1 < line.Length && line[at + 1] == '"') text.Append(line[at++]);
            else break;
        }
        cells.Add(text.ToString().Trim());
        return Math.Min(at + 1, line.Length);
    }
}
