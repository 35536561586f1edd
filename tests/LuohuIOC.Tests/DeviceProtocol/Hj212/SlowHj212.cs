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

    private static List<(string, long, double, bool)>? Values(string parameters, string[] fields, string[] goodFlags)
    {
        var values = new List<(string, long, double, bool)>();
        // Anywhere among the parameters, as long as it is a time.
        var first = parameters.Split(';', ',').Select(f => f.Split('=', 2)).FirstOrDefault(f => f[0].Trim(' ') == "DataTime");
        var dataTime = first is null ? null : Time(first.Length > 1 ? first[1].Trim(' ') : "");
        if (first is not null && dataTime is null) return null;
        foreach (var group in parameters.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string? factor = null;
            string? amount = null, amountKey = null;
            var told = new Dictionary<string, string>();
            var good = true;
            var at = dataTime;
            foreach (var pair in group.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = pair.Split('=', 2);
                var text = parts.Length > 1 ? parts[1].Trim(' ') : "";
                parts[0] = parts[0].Trim(' ');
                var hyphen = parts[0].LastIndexOf('-');
                if (hyphen <= 0)
                {
                    if (parts[0] != "DataTime") continue;
                    if ((at = dataTime = Time(text)) is null) return null;
                    continue;
                }
                if (factor is not null && factor != parts[0][..hyphen]) return null;
                factor = parts[0][..hyphen];
                var name = parts[0][(hyphen + 1)..];
                if (text.Length > 0) told[name] = text;
                if (name == "Cou") (amountKey, amount) = (parts[0], text);
                if (name == "Flag") good = goodFlags.Contains(text);
                if (name == "SampleTime") at = Time(text) ?? at;
            }
            var found = fields.Select(told.GetValueOrDefault).FirstOrDefault(text => text is not null);
            if (string.IsNullOrEmpty(found) && !string.IsNullOrEmpty(amount)) (factor, found) = (amountKey, amount);
            if (string.IsNullOrEmpty(found)) continue;
            if (at is null) return null;
            if (Number(found) is { } number) values.Add((factor!, at.Value, number, good));
            else if (good) values.Add((factor!, at.Value, double.NaN, true));
        }
        return values;
    }

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
