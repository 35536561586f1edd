using System.Text;

namespace LuohuIOC.Simulator.Registry;

/// <summary>One line of RFC 4180 text to fields. Line breaks inside quotes are not supported: no column of ours has any.</summary>
public static class CsvLine
{
    /// <summary><c>a,"b ""c"", d",e</c> &gt;&gt; three fields: a · b "c", d · e.</summary>
    public static string[] Split(string line)
    {
        if (!line.Contains('"')) return line.Split(',');
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[++i]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else field.Append(c);
        }
        fields.Add(field.ToString());
        return [.. fields];
    }
}
