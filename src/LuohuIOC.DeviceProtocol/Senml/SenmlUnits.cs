using System.Collections.Frozen;

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>
/// From the units of SenML (RFC 8428, clause 12.1; secondary ones of RFC 8798) and some that are seen beside them to those of the catalogue of kinds,
/// which are UCUM's. <code>
/// cm to m: 31 >> 0.31; K to Cel: 295.15 >> 22; / to %: 0.92 >> 92; V to m: none
/// </code>
/// </summary>
public static class SenmlUnits
{
    // A factor such as 1/3600 leaves the last digits of a binary fraction.
    private const int Decimals = 12;

    // By the metric's unit: which units it may be told in, and what they are multiplied with, plus an offset.
    private static readonly FrozenDictionary<string, Scale[]> Known = new Dictionary<string, Scale[]>
    {
        ["m"] = [new("dm", 0.1), new("cm", 0.01), new("mm", 0.001), new("km", 1000)],
        ["mm"] = [new("cm", 10), new("dm", 100), new("m", 1000)],
        ["m/s"] = [new("km/h", 1 / 3.6), new("m/h", 1 / 3600.0), new("mm/h", 1 / 3_600_000.0)],
        ["m3/s"] = [new("m3/h", 1 / 3600.0), new("l/s", 0.001), new("L/s", 0.001)],
        ["Cel"] = [new("K", 1, -273.15)],
        ["[pH]"] = [new("pH", 1)],
        ["mg/L"] = [new("mg/l", 1), new("ug/l", 0.001), new("ug/L", 0.001), new("g/l", 1000), new("g/L", 1000), new("kg/m3", 1000), new("ug/m3", 0.000_001)],
        ["{NTU}"] = [new("NTU", 1)],
        ["uS/cm"] = [new("mS/cm", 1000), new("mS/m", 10), new("S/m", 10_000)],
        ["deg"] = [new("rad", 180 / Math.PI)],
        ["%/m"] = [],
        ["1"] = [new("/", 1), new("count", 1)],
        ["uT"] = [new("T", 1_000_000), new("mT", 1000), new("nT", 0.001)],
        ["V"] = [new("mV", 0.001), new("kV", 1000)],
        ["A"] = [new("mA", 0.001)],
        ["mA"] = [new("A", 1000)],
        ["%"] = [new("/", 100), new("%EL", 1), new("/100", 1), new("/1000", 0.1)],
        ["%{LEL}"] = [new("%LEL", 1), new("%", 1), new("/", 100)],
        ["{dBm}"] = [new("dBm", 1), new("dBW", 1, 30)],
    }.ToFrozenDictionary();

    /// <summary>Units that something can be converted to.</summary>
    public static IEnumerable<string> Targets => Known.Keys;

    /// <summary>False when the unit is not known, or is one of another quantity; the value stays as it is.</summary>
    /// <param name="from">The record's unit.</param>
    /// <param name="to">The metric's unit in the catalogue.</param>
    /// <param name="value">Converted in place.</param>
    public static bool TryConvert(string from, string to, ref double value)
    {
        if (from == to) return true;
        if (!Known.TryGetValue(to, out var scales) || Array.Find(scales, s => s.Unit == from) is not { } scale) return false;
        value = Math.Round((value * scale.Factor) + scale.Offset, Decimals);
        return true;
    }

    private sealed record Scale(string Unit, double Factor, double Offset = 0);
}
