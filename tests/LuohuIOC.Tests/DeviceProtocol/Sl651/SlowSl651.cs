using System.Globalization;
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
        if (hex[22] == '8' || packet > 1 || body.Length < 16 || !ElementFunctions.Contains(hex[20..22])) return [];
        return Time(body[4..16]) is { } sent ? Elements(body[16..], hex[20..22], sent) : null;
    }

    private static List<(int, long, double)>? Elements(string rest, string function, long at)
    {
        var values = new List<(int, long, double)>();
        var step = 0;
        while (rest.Length > 0)
        {
            if (rest.StartsWith("F1F1") && rest.Length >= 14)
            {
                rest = rest[14..];
                // A class is there when the observation time follows it, or when it is a letter of the table (never in a state report).
                if (rest.Length >= 6 && rest[2..6] == "F0F0") rest = rest[2..];
                else if (rest.Length > 0 && function != "46" && Classes.Contains((char)Convert.ToByte(rest[..2], 16))) rest = rest[2..];
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
                if (rest.Length < head + digits) return null;
                if (at == long.MinValue) return null;
                var data = rest.Substring(head, digits);
                var count = 1;
                if (element == 0x04)
                {
                    step = Number(data, 0) is { } dhm && dhm >= 0 && dhm < 1_000_000 ? ((int)dhm / 10_000 * 1440) + ((int)dhm / 100 % 100 * 60) + ((int)dhm % 100) : 0;
                }
                else if (element == 0x45)
                {
                    // The last eight digits: a device that writes more has nothing in front of them, or it is no state.
                    if (data.Length > 8 && data[..^8].Any(c => c != '0')) return null;
                    values.Add((element, at, data.Length == 0 ? 0 : Convert.ToUInt32(data.Length > 8 ? data[^8..] : data, 16)));
                }
                else if (element is >= 0xF4 and <= 0xFC)
                {
                    AddHourSeries(element, data, at, values);
                }
                else
                {
                    if (step > 0 && digits > 0 && function is "31" or "38") count = Repeats(rest[head..], digits);
                    if (count == 0) (count, step) = (1, 0);
                    for (var i = 0; i < count; i++)
                        if (Number(rest.Substring(head + (i * digits), digits), definition % 8) is { } value) values.Add((element, at + (i * (count > 1 ? step : 0) * 60_000L), value));
                }
                rest = rest[(head + (count * digits))..];
            }
        }
        return values;
    }

    private static void AddHourSeries(int element, string data, long at, List<(int, long, double)> values)
    {
        var width = element == 0xF4 ? 2 : 4;
        for (var i = 0; (i + 1) * width <= data.Length; i++)
        {
            var one = data.Substring(i * width, width);
            if (one.Trim('F').Length > 0) values.Add((element, at + (i * 300_000L), Convert.ToInt32(one, 16) / (width == 2 ? 10.0 : 100.0)));
        }
    }

    private static int Repeats(string data, int digits)
    {
        for (var count = 1; count <= 600 && count * digits <= data.Length; count++)
            if (IsWellFormed(data[(count * digits)..])) return count;
        return 0;
    }

    private static bool IsWellFormed(string rest)
    {
        if (rest.Length == 0) return true;
        if (rest.Length < 6) return false;
        if (rest.StartsWith("F1") || rest.StartsWith("F0")) return rest[2..4] == rest[..2] && rest.Length >= 14 && IsWellFormed(rest[14..]);
        if (rest.StartsWith("F2") || rest.StartsWith("F3")) return rest[2..4] == rest[..2];
        var head = rest.StartsWith("FF") ? 6 : 4;
        var element = Convert.ToInt32(rest[..2], 16);
        var digits = Convert.ToInt32(rest[(head - 2)..head], 16) / 8 * 2;
        var known = element is (>= 0x01 and <= 0x75) or (>= 0xF0 and <= 0xFD) or 0xFF;
        return known && digits > 0 && rest.Length >= head + digits && IsWellFormed(rest[(head + digits)..]);
    }

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
