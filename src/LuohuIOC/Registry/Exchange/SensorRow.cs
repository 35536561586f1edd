using System.Collections.Frozen;
using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Spatial;
using LuohuIOC.Texts;

namespace LuohuIOC.Registry.Exchange;

/// <summary>In which datum a file's coordinates are; they are converted to WGS84 on import.</summary>
public enum FileDatum
{
    Wgs84,
    Gcj02,
    Bd09,
}

/// <summary>Reads one row's texts into a draft, or into every reason against it, so that a person can mend the file in one go.</summary>
/// <param name="line">Line of a CSV file or ordinal of a GeoJSON feature, from 1.</param>
/// <param name="cell">Text of a column, trimmed; null when the file has no such column.</param>
/// <param name="datum">Datum of the coordinates.</param>
internal sealed class SensorRow(int line, Func<string, string?> cell, FileDatum datum)
{
    private const int TextLengthMax = 100;

    /// <summary>The hosts' user name at a broker of the site's own: a gateway of that name would be given their access list.</summary>
    private const string HostsName = "ioc";

    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy/M/d"];

    private static readonly FrozenSet<string> Yes = Words("true", "1", "registry.yes");
    private static readonly FrozenSet<string> No = Words("false", "0", "registry.no");

    private readonly List<RowRefusal> _faults = [];

    public SensorDraft? Read(List<RowRefusal> refused)
    {
        var id = Identifier(SensorColumns.Id);
        var kind = ReadKind();
        var draft = new SensorDraft
        {
            Line = line,
            Id = id,
            Kind = kind ?? SensorKind.Generic,
            Name = Text(SensorColumns.Name, required: true),
            Place = ReadPlace(optional: kind is SensorKind.Generic),
            Gateway = ReadGateway(),
            Street = ReadStreet(),
            Community = Text(SensorColumns.Community, required: false),
            InstalledOn = ReadInstalledOn(),
            Synthetic = ReadSynthetic(),
            Downstream = cell(SensorColumns.Downstream) is { Length: > 0 } next ? next : null,
            RetiredAt = ReadRetiredAt(),
            Given = Given(),
        };
        if (_faults.Count == 0) return draft;
        refused.AddRange(_faults);
        return null;
    }

    private static FrozenSet<string> Words(string word, string digit, string key) =>
        new[] { word, digit, TextBook.Get(TextBook.Chinese, key), TextBook.Get(TextBook.English, key) }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private SensorFields Given()
    {
        var given = SensorFields.None;
        if (cell(SensorColumns.Street) is not null) given |= SensorFields.Street;
        if (cell(SensorColumns.Community) is not null) given |= SensorFields.Community;
        if (cell(SensorColumns.InstalledOn) is not null) given |= SensorFields.InstalledOn;
        if (cell(SensorColumns.Synthetic) is not null) given |= SensorFields.Synthetic;
        if (cell(SensorColumns.Downstream) is not null) given |= SensorFields.Downstream;
        if (cell(SensorColumns.RetiredAt) is not null) given |= SensorFields.RetiredAt;
        return given;
    }

    private void Refuse(string column, string code, string value = "")
    {
        var id = cell(SensorColumns.Id);
        _faults.Add(new RowRefusal(line, Short(id), column, code, Short(value) ?? ""));
    }

    private static string? Short(string? text) => text is { Length: > TextLengthMax } ? text[..TextLengthMax] : text;

    private string Identifier(string column)
    {
        var text = cell(column) ?? "";
        if (text.Length == 0) Refuse(column, "missing");
        else if (!Topic.IsId(text) || text is "." or "..") Refuse(column, "id-invalid", text);
        return text;
    }

    private string ReadGateway()
    {
        var text = Identifier(SensorColumns.Gateway);
        if (text == HostsName) Refuse(SensorColumns.Gateway, "gateway-reserved", text);
        return text;
    }

    private string Text(string column, bool required)
    {
        var text = cell(column) ?? "";
        if (text.Length == 0 && required) Refuse(column, "missing");
        if (text.Length > TextLengthMax) Refuse(column, "too-long", $"{TextLengthMax}");
        if (!Legible.Is(text)) Refuse(column, "control-character");
        return text;
    }

    private SensorKind? ReadKind()
    {
        var text = cell(SensorColumns.Kind) ?? "";
        if (text.Length == 0) Refuse(SensorColumns.Kind, "missing");
        else if (KindCatalogue.TryParse(text, out var kind)) return kind;
        else if (KindCatalogue.All.FirstOrDefault(k => k.Chinese == text) is { } chinese) return chinese.Kind;
        else Refuse(SensorColumns.Kind, "kind-unknown", text);
        return null;
    }

    private string ReadStreet()
    {
        var text = cell(SensorColumns.Street) ?? "";
        if (text.Length == 0) return "";
        if (StreetMap.Find(text) is { } street) return street.Name;
        Refuse(SensorColumns.Street, "street-unknown", text);
        return "";
    }

    private GeoPoint? ReadPlace(bool optional)
    {
        if (optional && cell(SensorColumns.Longitude) is null or "" && cell(SensorColumns.Latitude) is null or "") return null;
        var longitude = Degrees(SensorColumns.Longitude, 180);
        var latitude = Degrees(SensorColumns.Latitude, 90);
        if (longitude is null || latitude is null) return null;
        var place = ToWgs(new GeoPoint(longitude.Value, latitude.Value));
        if (!Boundary.Luohu.MayContain(place)) Refuse(SensorColumns.Longitude, "outside-district", FormattableString.Invariant($"{longitude}, {latitude}"));
        return place;
    }

    private double? Degrees(string column, double bound)
    {
        var text = cell(column) ?? "";
        if (text.Length == 0) Refuse(column, "missing");
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= bound) return degrees;
        else Refuse(column, "not-degrees", text);
        return null;
    }

    // Converted places are rounded to a millimetre, so that the same file gives the same place on any machine.
    private GeoPoint ToWgs(GeoPoint place)
    {
        if (datum == FileDatum.Wgs84) return place;
        var wgs = datum == FileDatum.Gcj02 ? Datum.GcjToWgs(place) : Datum.BaiduToWgs(place);
        return new GeoPoint(Math.Round(wgs.Longitude, 8), Math.Round(wgs.Latitude, 8));
    }

    private DateOnly? ReadInstalledOn()
    {
        var text = cell(SensorColumns.InstalledOn) ?? "";
        if (text.Length == 0) return null;
        if (DateOnly.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        Refuse(SensorColumns.InstalledOn, "not-a-date", text);
        return null;
    }

    private bool ReadSynthetic()
    {
        var text = cell(SensorColumns.Synthetic) ?? "";
        if (Yes.Contains(text)) return true;
        if (text.Length > 0 && !No.Contains(text)) Refuse(SensorColumns.Synthetic, "not-a-boolean", text);
        return false;
    }

    private DateTimeOffset? ReadRetiredAt()
    {
        var text = cell(SensorColumns.RetiredAt) ?? "";
        if (text.Length == 0) return null;
        if (TimeParameter.TryParse(text, out var ms)) return DateTimeOffset.FromUnixTimeMilliseconds(ms);
        Refuse(SensorColumns.RetiredAt, "not-a-time", text);
        return null;
    }
}
