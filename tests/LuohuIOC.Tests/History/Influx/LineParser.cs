using System.Globalization;
using System.Text;

namespace LuohuIOC.Tests.History.Influx;

internal sealed record ParsedLine(string Measurement, List<(string Key, string Value)> Tags, List<(string Key, object Value)> Fields, long TimeNs);

/// <summary>
/// Reads line protocol by the rules of InfluxDB's reference, character by character. A backslash before a special character is
/// dropped; before any other it stands for itself.
/// </summary>
internal sealed class LineParser(string text)
{
    private int _at;

    private char Here => text[_at];

    public static List<ParsedLine> Parse(string text)
    {
        var parser = new LineParser(text);
        var lines = new List<ParsedLine>();
        while (parser._at < text.Length) lines.Add(parser.Line());
        return lines;
    }

    private ParsedLine Line()
    {
        var measurement = Name(", ");
        var tags = new List<(string, string)>();
        while (Take(',')) tags.Add((Key(), Name(", =")));
        Expect(' ');
        var fields = new List<(string, object)>();
        do fields.Add((Key(), Value()));
        while (Take(','));
        Expect(' ');
        var time = long.Parse(Until("\n"), CultureInfo.InvariantCulture);
        Expect('\n');
        return new ParsedLine(measurement, tags, fields, time);
    }

    private string Key()
    {
        var key = Name(", =");
        Expect('=');
        return key;
    }

    private string Name(string special)
    {
        var name = new StringBuilder();
        for (; !special.Contains(Here); _at++)
        {
            if (Here == '\n') throw new FormatException($"A name runs into the end of the line at {_at}.");
            if (Here == '\\' && special.Contains(text[_at + 1])) _at++;
            name.Append(Here);
        }
        return name.ToString();
    }

    private object Value()
    {
        if (Take('"')) return Quoted();
        var word = Until(", ");
        return word switch
        {
            "t" or "T" or "true" => true,
            "f" or "F" or "false" => false,
            [.. var digits, 'i'] => long.Parse(digits, CultureInfo.InvariantCulture),
            _ => double.Parse(word, CultureInfo.InvariantCulture),
        };
    }

    private string Quoted()
    {
        var value = new StringBuilder();
        for (; Here != '"'; _at++)
        {
            if (Here == '\\' && text[_at + 1] is '"' or '\\') _at++;
            value.Append(Here);
        }
        Expect('"');
        return value.ToString();
    }

    private string Until(string ends)
    {
        var from = _at;
        while (!ends.Contains(Here)) _at++;
        return text[from.._at];
    }

    private bool Take(char c)
    {
        if (Here != c) return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c)) throw new FormatException($"'{c}' expected at {_at}, '{Here}' found in {text}");
    }
}
