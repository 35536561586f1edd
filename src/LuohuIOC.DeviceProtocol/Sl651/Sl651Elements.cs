using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>An element of SL 651-2014, table C.1.</summary>
/// <param name="Id">Identifier, 01–FD; of a user extension FF00 + its second byte.</param>
/// <param name="Ascii">Identifier in ASCII frames, for example <c>PJ</c>.</param>
/// <param name="Chinese">Name as the standard has it.</param>
/// <param name="Unit">Unit as the standard has it; null for a number without one.</param>
/// <param name="Digits">Digits of its number, of which <paramref name="Decimals"/> stand behind the point; 0 for what is no number.</param>
/// <param name="Decimals">Decimal places.</param>
public sealed record Sl651Element(ushort Id, string Ascii, string Chinese, string? Unit, int Digits = 0, int Decimals = 0)
{
    /// <summary>
    /// True when a definition byte (five bits of bytes, three of decimals) is what the table has for it, <c>N(7,3)</c> >> 23, or a byte more or less:
    /// a minus sign takes one, and stations differ in the width they fill up to.
    /// </summary>
    public bool Fits(byte definition)
    {
        var (bytes, decimals) = (definition >> 3, definition & 7);
        return Id switch
        {
            Sl651Elements.TimeStep => definition == 0x18,
            Sl651Elements.StationState => definition == 0x20,
            Sl651Elements.RainSeries => definition == 0x60,
            >= Sl651Elements.LevelSeriesFirst and <= Sl651Elements.LevelSeriesLast => definition == 0xC0,
            _ => Digits > 0 && bytes > 0 && decimals == Decimals && Math.Abs(bytes - ((Digits + 1) / 2)) <= 1,
        };
    }

    /// <summary>
    /// Bytes that its data has at most: those of its digits, one of a minus sign and one that a station fills up with, <c>N(7,3)</c> >> 6. What the table has no
    /// digits for has <see cref="Sl651Elements.BytesMax"/>.
    /// </summary>
    public int BytesMax => Digits > 0 ? ((Digits + 1) / 2) + 2 : Sl651Elements.BytesMax;
}

/// <summary>Table C.1, read once from the firmware contract that is embedded in this assembly.</summary>
public static class Sl651Elements
{
    public const byte TimeStep = 0x04;
    public const byte StationState = 0x45;
    public const byte ObservationTime = 0xF0;
    public const byte StationAddress = 0xF1;
    public const byte ManualText = 0xF2;
    public const byte Picture = 0xF3;
    public const byte RainSeries = 0xF4;
    public const byte LevelSeriesFirst = 0xF5;
    public const byte LevelSeriesLast = 0xFC;
    public const byte VelocityBatch = 0xFD;
    public const byte Extension = 0xFF;

    /// <summary>Bytes of a number of which the table does not say how many digits it has: no station measures sixteen.</summary>
    public const int BytesMax = 8;

    private static readonly Sl651Element?[] ById = new Sl651Element?[256];
    private static readonly FrozenDictionary<string, Sl651Element>.AlternateLookup<ReadOnlySpan<char>> ByAscii;

    static Sl651Elements()
    {
        using var stream = typeof(Sl651Elements).Assembly.GetManifestResourceStream("sl651-elements.json")
            ?? throw new InvalidOperationException("sl651-elements.json is not embedded in the device protocol assembly.");
        foreach (var (hex, row) in JsonSerializer.Deserialize(stream, ElementsJson.Default.ElementsFile)!.Elements)
        {
            var id = byte.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            // The time step's identifier carries its value in ASCII frames: DRH01 is one hour.
            var (digits, decimals) = SizeOf(row.Format);
            ById[id] = new Sl651Element(id, id == TimeStep ? "DR" : row.Ascii, row.Name, row.Unit, digits, decimals);
        }
        ByAscii = ById.OfType<Sl651Element>().ToFrozenDictionary(e => e.Ascii, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static IEnumerable<Sl651Element> All => ById.OfType<Sl651Element>();

    /// <summary>The element of an identifier; null for reserved ones and extensions.</summary>
    public static Sl651Element? Of(int id) => id is >= 0 and < 256 ? ById[id] : null;

    /// <summary>
    /// Bytes that an element's data has at most. Data that is read from the wrong place on has lengths that no number has, and a value of sixteen bytes would be good.
    /// </summary>
    /// <param name="id">Identifier; of a user extension FF00 + its second byte.</param>
    public static int BytesMaxOf(int id) => IsHourSeries(id) || id == StationState ? byte.MaxValue : Of(id)?.BytesMax ?? BytesMax;

    /// <summary>The element of an ASCII identifier; null when there is none.</summary>
    public static Sl651Element? Of(ReadOnlySpan<byte> ascii)
    {
        Span<char> name = stackalloc char[8];
        if (ascii.IsEmpty || ascii.Length > name.Length) return null;
        for (var i = 0; i < ascii.Length; i++) name[i] = (char)ascii[i];
        return ByAscii.TryGetValue(name[..ascii.Length], out var element) ? element : null;
    }

    // N(7,3), N(3); HH.mm is a number of four digits
    private static (int Digits, int Decimals) SizeOf(string? format)
    {
        if (format == "HH.mm") return (4, 2);
        if (format is null || !format.StartsWith("N(", StringComparison.Ordinal)) return default;
        var parts = format[2..^1].Split(',');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }

    /// <summary>
    /// Of how many minutes before the observation an element's rain is (22: DRP, five minutes); less than nothing for the series of five minutes, which tells all rain; 0 for what is
    /// no rain of a span that its name says.
    /// </summary>
    public static int RainMinutesOf(int id) => id switch
    {
        RainSeries => -5,
        0x21 => 1,
        0x22 => 5,
        0x23 => 10,
        0x24 => 30,
        0x1A => 60,
        0x1B => 120,
        0x1C => 180,
        0x1D => 360,
        0x1E => 720,
        _ => 0,
    };

    /// <summary>True for elements whose data is twelve values five minutes apart.</summary>
    public static bool IsHourSeries(int id) => id is >= RainSeries and <= LevelSeriesLast;
}

internal sealed record ElementsFile(Dictionary<string, ElementRow> Elements);

internal sealed record ElementRow(string Ascii, string Name, string? Unit, string? Format);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ElementsFile))]
internal sealed partial class ElementsJson : JsonSerializerContext;
