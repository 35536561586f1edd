using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LuohuIOC.Tests.DeviceProtocol.Frames;

namespace LuohuIOC.Tests.DeviceProtocol.Hj212;

/// <summary>HJ 212 packets read slowly and plainly, with regular expressions on text, written from the clauses and not from the product's decoder. Null: refused.</summary>
internal static class SlowHj212
{
    public static List<(string Factor, long At, double Value, bool Good)>? Read(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var match = Regex.Match(text, @"\A##(?<length>[0-9]{4})(?<segment>.*)(?<crc>[0-9A-Fa-f]{4})(\r\n|\n|\r)?\z", RegexOptions.Singleline);
        if (!match.Success) return null;
        var segment = match.Groups["segment"].Value;
        if (int.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture) != segment.Length) return null;
        if (Convert.ToInt32(match.Groups["crc"].Value, 16) != Crc16Tests.Bitwise(Encoding.Latin1.GetBytes(segment), (crc, b) => (crc >> 8) ^ b)) return null;
        var at = segment.IndexOf("CP=&&", StringComparison.Ordinal);
        if (at < 0 || segment.Length < at + 7 || !segment.EndsWith("&&", StringComparison.Ordinal)) return null;
        var header = segment[..at];
        var parameters = segment[(at + 5)..^2];
        if (header.Split(';').Any(f => f.Length > 0 && !f.Contains('='))) return null;
        var command = Field(header, "CN");
        if (command is null || !Regex.IsMatch(command, @"\A[0-9]{4}\z") || IsOversize(header) || (Count(Field(header, "PNUM")) is var total and > 0 && (Count(Field(header, "PNO")) is var index && (index < 1 || index > total)))) return null;
        if (command is not ("2011" or "2031" or "2051" or "2061")) return [];
        if (parameters.Split(';', ',').Any(f => f.Length > 0 && !f.Contains('='))) return null;
        var isOldAir = Count(Field(header, "ST")) == 22 && Count(Field(header, "Flag")) < 4;
        return Values(parameters, command == "2011" ? ["Rtd", "Data"] : ["Avg", "Rtd", "Data"], isOldAir ? ["", "N", "n", "3"] : ["", "N", "n"]);
    }

    private static string? Field(string header, string name) =>
        header.Split(';').Select(f => f.Split('=', 2)).Where(f => f.Length > 1 && f[0].Trim(' ') == name).Select(f => f[1].Trim(' ')).FirstOrDefault(v => v.Length > 0);

    // Table 3, less the keys and equals signs that it counts: ST 5, MN 27, PNUM 9, PNO 8.
    private static bool IsOversize(string header)
    {
        var max = new Dictionary<string, int> { ["ST"] = 2, ["MN"] = 24, ["PNUM"] = 4, ["PNO"] = 4 };
        var fields = header.Split(';').Select(f => f.Split('=', 2)).Where(f => f.Length > 1);
        return fields.Any(f => f[1].Trim(' ').Length > max.GetValueOrDefault(f[0].Trim(' '), int.MaxValue));
    }

    private static int Count(string? digits) => digits is not null && Regex.IsMatch(digits, @"\A[0-9]{1,9}\z") ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;

    private sealed record Group(string Factor, long? DataTime, int Rank, string Text, string AmountKey, string Amount, bool Good, long? SampleTime);

    private static List<(string, long, double, bool)>? Values(string parameters, string[] fields, string[] goodFlags)
    {
        // Anywhere among the parameters, as long as it is a time.
        var first = parameters.Split(';', ',').Select(f => f.Split('=', 2)).FirstOrDefault(f => Low(f[0].Trim(' ')) == "datatime");
        var dataTime = first is null ? null : Time(first.Length > 1 ? first[1].Trim(' ') : "");
        if (first is not null && dataTime is null) return null;
        var groups = new List<Group>();
        foreach (var text in parameters.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Read(text, fields, goodFlags, ref dataTime) is not { } group) return null;
            if (group.Factor.Length > 0) groups.Add(group);
        }
        var values = new List<(string, long, double, bool)>();
        foreach (var group in groups)
        {
            // All that the packet says of this factor at this time.
            var same = groups.Where(g => Low(g.Factor) == Low(group.Factor) && g.DataTime == group.DataTime).ToList();
            var apart = same.Where(g => g.Rank == 0).ToList();
            var best = same.Max(g => g.Rank);
            var text = group.Rank == 0 && best == 0 ? group.Amount : group.Rank == best ? group.Text : "";
            if (text.Length == 0) continue;
            var good = group.Good && apart.All(g => g.Good);
            if ((group.SampleTime ?? apart.Select(g => g.SampleTime).LastOrDefault(t => t is not null) ?? group.DataTime) is not { } at) return null;
            var factor = group.Rank == 0 ? group.AmountKey : group.Factor;
            if (Number(text) is { } number) values.Add((factor, at, number, good));
            else if (good) values.Add((factor, at, double.NaN, true));
        }
        return values;
    }

    // Null for fields of two factors, or a time that is none.
    private static Group? Read(string group, string[] fields, string[] goodFlags, ref long? dataTime)
    {
        var (factor, amountKey, amount, good) = ("", "", "", true);
        var sampleTime = default(long?);
        var told = new Dictionary<string, string>();
        foreach (var pair in group.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var text = parts.Length > 1 ? parts[1].Trim(' ') : "";
            parts[0] = parts[0].Trim(' ');
            var hyphen = parts[0].LastIndexOf('-');
            if (hyphen <= 0)
            {
                if (Low(parts[0]) != "datatime") continue;
                if ((dataTime = Time(text)) is null) return null;
                continue;
            }
            if (factor.Length > 0 && Low(factor) != Low(parts[0][..hyphen])) return null;
            if (factor.Length == 0) factor = parts[0][..hyphen];
            var name = Low(parts[0][(hyphen + 1)..]);
            if (text.Length > 0) told[name] = text;
            if (name == "cou") (amountKey, amount) = (parts[0], text);
            if (name == "flag") good = goodFlags.Contains(text);
            if (name == "sampletime") sampleTime = Time(text) ?? sampleTime;
        }
        var found = Array.FindIndex(fields, field => told.ContainsKey(Low(field)));
        return new Group(factor, dataTime, found < 0 ? 0 : fields.Length - found, found < 0 ? "" : told[Low(fields[found])], amountKey, amount, good, sampleTime);
    }

    // Letters of ASCII only: other bytes of a code have no case.
    private static string Low(string text) => string.Concat(text.Select(c => c is >= 'A' and <= 'Z' ? (char)(c + 32) : c));

    private static double? Number(string text) =>
        Regex.IsMatch(text, @"\A[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z") && double.Parse(text, CultureInfo.InvariantCulture) is var value && double.IsFinite(value) ? value : null;

    private static long? Time(string digits)
    {
        if (!Regex.IsMatch(digits, @"\A[0-9]{14}([0-9]{3})?\z")) return null;
        return DateTime.TryParseExact(digits.PadRight(17, '0'), "yyyyMMddHHmmssfff", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds()
            : null;
    }
}
