using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LuohuIOC.Tests.DeviceProtocol.Frames;

namespace LuohuIOC.Tests.DeviceProtocol.Sl651;

/// <summary>
/// SL 651-2014 HEX frames read slowly and plainly, from hex digits as text written from the clauses and not
/// from the product's decoder. Null: refused.
/// </summary>
internal static class SlowSl651
{
    private static readonly string[] ElementFunctions = ["30", "31", "32", "33", "34", "37", "38", "3A", "44", "46"];
    private static readonly string[] EndMarks = ["03", "04", "05", "06", "15", "17", "1B"];
    private static readonly JsonObject Table = JsonNode.Parse(Repository.Read("firmware-contracts/frames/sl651-elements.json"))!["elements"]!.AsObject();
    private static readonly string Classes = "PHKZDTMGQIO";

    public static List<(int Element, long At, double Value)>? Read(byte[] bytes)
    {
        var hex = Convert.ToHexString(bytes);
        if (!hex.StartsWith("7E7E") || hex.Length < 34) return null;
        var length = Convert.ToInt32(hex[23..26], 16);
        if (hex.Length < 34 + (2 * length)) return null;
        hex = hex[..(34 + (2 * length))];
        var crc = Crc16Tests.Bitwise(bytes.Take((hex.Length / 2) - 2), (c, b) => c ^ b);
        if (hex[^4..] != crc.ToString("X4")) return null;
        if (hex[22] is not ('0' or '8') || !EndMarks.Contains(hex[^6..^4])) return null;
        var body = hex[28..^6];
        var packet = 1;
        if (hex[26..28] == "16")
        {
            if (body.Length < 6) return null;
            packet = Convert.ToInt32(body[3..6], 16);
            if (packet == 0 || packet > Convert.ToInt32(body[..3], 16)) return null;
            body = body[6..];
        }
        else if (hex[26..28] != "02")
        {
            return null;
        }
        if (hex[22] == '8' || packet > 1 || !ElementFunctions.Contains(hex[20..22])) return [];
        return body.Length < 16 ? null : Elements(body[16..], hex[20..22], Time(body[4..16]) ?? long.MinValue);
    }

    private static List<(int, long, double)>? Elements(string rest, string function, long at)
    {
        var values = new List<(int, long, double)>();
        var (step, sent) = (0, at);
        while (rest.Length > 0)
        {
            if (rest.StartsWith("F1F1") && rest.Length >= 14)
            {
                rest = rest[14..];
                // A class is there when the observation time follows it, or when it is a letter of the table (in a state report only with the state behind it).
                if (rest.Length >= 6 && rest[2..6] == "F0F0") rest = rest[2..];
                else if (rest.Length > 0 && (function != "46" || (rest.Length >= 6 && rest[2..6] == "4520")) && Classes.Contains((char)Convert.ToByte(rest[..2], 16))) rest = rest[2..];
            }
            else if (rest.StartsWith("F0F0") && rest.Length >= 14)
            {
                // A time that is none is refused where a value needs it.
                at = Time(rest[4..14] + "00") ?? long.MinValue;
                rest = rest[14..];
            }
            else if (rest.StartsWith("F2F2") || rest.StartsWith("F3F3") || rest.StartsWith("FDF6"))
            {
                return at == long.MinValue ? null : values;
            }
            else
            {
                var head = rest.StartsWith("FF") ? 6 : 4;
                if (rest.Length < head) return null;
                var element = Convert.ToInt32(rest[..(head - 2)], 16);
                var definition = Convert.ToInt32(rest[(head - 2)..head], 16);
                var digits = definition / 8 * 2;
                if (rest.Length < head + digits || (digits > 2 * BytesMaxOf(element) && head == 4) || at == long.MinValue) return null;
                var (data, count) = (rest.Substring(head, digits), 1);
                if (element == 0x04)
                {
                    step = Number(data, 0) is { } dhm && dhm >= 0 && dhm < 1_000_000 ? ((int)dhm / 10_000 * 1440) + ((int)dhm / 100 % 100 * 60) + ((int)dhm % 100) : 0;
                    if (step == 0 && function is "31" or "38") return null;
                }
                else if (element == 0x45)
                {
                    // The last eight digits: a device that writes more has nothing in front of them, or it is no state.
                    if (data.Length > 8 && data[..^8].Any(c => c != '0')) return null;
                    values.Add((element, at, data.Length == 0 ? 0 : Convert.ToUInt32(data.Length > 8 ? data[^8..] : data, 16)));
                }
                else if (element is >= 0xF4 and <= 0xFC)
                {
                    AddHourSeries(element, data, at, sent, values);
                }
                else if (digits <= 2 * BytesMaxOf(element))
                {
                    var isStepped = step > 0 && digits > 0 && function is "31" or "38";
                    if (isStepped) count = Repeats(rest[head..], digits);
                    for (var i = 0; i < count; i++) AddNumber(element, rest.Substring(head + (i * digits), digits), definition % 8, at + (i * step * 60_000L), values);
                    // The next element's values are steps of its own step.
                    if (isStepped) step = 0;
                }
                rest = rest[(head + (count * digits))..];
            }
        }
        return values;
    }

    private static void AddNumber(int element, string data, int decimals, long at, List<(int, long, double)> values)
    {
        if (Number(data, decimals) is { } value) values.Add((element, at, value));
    }

    // A number has the bytes of its digits, a sign's and one that fills up; what the table has no digits for has eight.
    private static int BytesMaxOf(int element)
    {
        if (element is 0x45 or (>= 0xF4 and <= 0xFC)) return 31;
        var format = element == 0x05 ? "N(4,2)" : (string?)Table[element.ToString("X2", CultureInfo.InvariantCulture)]?["format"];
        return format?.StartsWith('N') == true ? ((int.Parse(Regex.Match(format, @"\d+").Value, CultureInfo.InvariantCulture) + 1) / 2) + 2 : 8;
    }

    // Ends at its time instead of beginning there when what was measured last would else be of a time behind the sending, or the sending is more than an hour and a quarter later.
    private static void AddHourSeries(int element, string data, long at, long sent, List<(int, long, double)> values)
    {
        var width = element == 0xF4 ? 2 : 4;
        var all = Enumerable.Range(0, data.Length / width).Select(i => data.Substring(i * width, width)).ToList();
        var last = all.FindLastIndex(one => one.Trim('F').Length > 0);
        if (sent != long.MinValue && (at + (last * 300_000L) > sent || (sent - at > 75 * 60_000L && at / 60_000L % 60 != 5))) at -= (all.Count - 1) * 300_000L;
        for (var i = 0; i <= last; i++)
            if (all[i].Trim('F').Length > 0) values.Add((element, at + (i * 300_000L), Convert.ToInt32(all[i], 16) / (width == 2 ? 10.0 : 100.0)));
    }

    // When all of it are values, all of it, or up to the first place that reads as elements of the table and would be a jump; else up to the first place that does not begin as the
    // value before it and reads as elements; else up to the first that reads as elements; else one.
    private static int Repeats(string data, int digits)
    {
        var places = Enumerable.Range(1, 600).Where(count => count * digits < data.Length && IsOfTheTable(data[(count * digits)..])).ToList();
        if (data.Length % digits == 0 && data.Chunk(digits).All(c => IsValue(new string(c))))
            return places.Find(count => data.Substring(count * digits, 2) != "FF" && IsJump([.. data.Chunk(digits).Take(count + 1).Select(c => Number(new string(c), 0))])) is var jump and > 0 ? jump : data.Length / digits;
        if (places.Find(count => data.Substring(count * digits, 2) != data.Substring((count - 1) * digits, 2)) is var unlike and > 0) return unlike;
        return places is [var first, ..] ? first : 1;
    }

    // The last of them is far from the one before.
    private static bool IsJump(double?[] values)
    {
        if (values[^1] is not { } next) return false;
        var known = values[..^1].OfType<double>().ToArray();
        if (known.Length == 0) return false;
        var change = Math.Abs(next - known[^1]);
        var steps = known.Skip(1).Zip(known, (b, a) => Math.Abs(b - a)).Append(0).Max();
        return change > 0.4 * Math.Abs(known[^1]) && change > 8 * steps;
    }

    private static bool IsOfTheTable(string rest)
    {
        while (rest.Length > 0)
        {
            if (rest.Length < 6) return false;
            var id = rest[..2];
            if (id is "F1" or "F2" or "F3") return rest[2..4] == id;
            if (id == "FD") return rest[2..4] == "F6";
            if (id == "F0")
            {
                if (rest.Length < 14 || rest[2..4] != "F0" || Time(rest[4..14] + "00") is null) return false;
                rest = rest[14..];
                continue;
            }
            var head = id == "FF" ? 6 : 4;
            var definition = Convert.ToInt32(rest[(head - 2)..head], 16);
            var digits = definition / 8 * 2;
            if (digits == 0 || rest.Length < head + digits || (id == "FF" ? digits > 16 : !IsDefined(id, definition))) return false;
            if (id is not ("45" or "F4" or "F5" or "F6" or "F7" or "F8" or "F9" or "FA" or "FB" or "FC") && !IsValue(rest.Substring(head, digits))) return false;
            if (id == "04") return true;
            rest = rest[(head + digits)..];
        }
        return true;
    }

    private static bool IsDefined(string id, int definition)
    {
        if (Table[id] is not { } row) return false;
        var format = id switch { "04" => "18", "05" => "N(4,2)", "45" => "20", "F4" => "60", _ => string.CompareOrdinal(id, "F5") >= 0 ? "C0" : (string)row["format"]! };
        if (!format.StartsWith('N')) return definition == Convert.ToInt32(format, 16);
        var size = Regex.Match(format, @"\((\d+),?(\d*)\)");
        var bytes = (int.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture) + 1) / 2;
        return definition % 8 == (size.Groups[2].Length > 0 ? int.Parse(size.Groups[2].Value, CultureInfo.InvariantCulture) : 0) && definition / 8 > 0 && Math.Abs((definition / 8) - bytes) <= 1;
    }

    private static bool IsValue(string data) => Number(data, 0) is not null || data.All(c => c == 'F') || data.All(c => c == 'A');

    // FF0105 with one decimal is −10.5; only digits are a number
    private static double? Number(string data, int decimals)
    {
        if (data.Length == 0) return null;
        var negative = data.StartsWith("FF") && data.Length > 2;
        if (negative) data = data[2..];
        if (!data.All(char.IsAsciiDigit)) return null;
        var value = double.Parse(data.Insert(data.Length - Math.Min(decimals, data.Length), decimals > data.Length ? "." + new string('0', decimals - data.Length) : "."), CultureInfo.InvariantCulture);
        return negative ? -value : value;
    }

    private static long? Time(string digits) =>
        DateTime.TryParseExact("20" + digits, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds()
            : null;
}
