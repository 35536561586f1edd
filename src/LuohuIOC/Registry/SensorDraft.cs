using LuohuIOC.DeviceProtocol;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry;

/// <summary>The columns of an import that a file may leave out; what is left out stays as it is.</summary>
[Flags]
public enum SensorFields
{
    None = 0,
    Street = 1,
    Community = 2,
    InstalledOn = 4,
    Synthetic = 8,
    Downstream = 16,
    RetiredAt = 32,
    All = 63,
}

/// <summary>What one row of an import says about one sensor, each field valid by itself.</summary>
public sealed record SensorDraft
{
    /// <summary>Line of a CSV file or ordinal of a GeoJSON feature, from 1.</summary>
    public required int Line { get; init; }

    public required string Id { get; init; }

    public required SensorKind Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Null only for a generic sensor: place unknown.</summary>
    public required GeoPoint? Place { get; init; }

    public required string Gateway { get; init; }

    /// <summary>Which of the fields below the file has.</summary>
    public SensorFields Given { get; init; }

    /// <summary>Empty: by the place, approximate. So also when the sensor has moved and this is what its former place gave.</summary>
    public string Street { get; init; } = "";

    public string Community { get; init; } = "";

    public DateOnly? InstalledOn { get; init; }

    public bool Synthetic { get; init; }

    public string? Downstream { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>The sensor as it is after this row: new fields over the ones it had.</summary>
    /// <param name="known">The registered sensor, null for a new one.</param>
    /// <param name="number">Number of a new one.</param>
    public Sensor Over(Sensor? known, int number) => new()
    {
        Number = known?.Number ?? number,
        Layout = known?.Layout ?? MetricLayout.Of(Kind),
        Id = known?.Id ?? Id,
        Kind = Kind,
        Name = Name,
        Gateway = Gateway,
        Longitude = Place?.Longitude ?? 0,
        Latitude = Place?.Latitude ?? 0,
        Street = StreetOver(known),
        Community = Given.HasFlag(SensorFields.Community) ? Community : known?.Community ?? "",
        InstalledOn = Given.HasFlag(SensorFields.InstalledOn) ? InstalledOn : known?.InstalledOn,
        Synthetic = Given.HasFlag(SensorFields.Synthetic) ? Synthetic : known?.Synthetic ?? false,
        Downstream = Given.HasFlag(SensorFields.Downstream) ? Downstream : known?.Downstream,
        RetiredAt = Given.HasFlag(SensorFields.RetiredAt) ? RetiredAt : known?.RetiredAt,
    };

    private string StreetOver(Sensor? known)
    {
        // What a file says stands, so that the same file changes nothing the second time; one that was exported and got other coordinates must leave the
        // street out.
        var isSaid = Given.HasFlag(SensorFields.Street);
        var said = isSaid ? Street : known?.Street ?? "";
        if (said.Length > 0 && (isSaid || !IsOfFormerPlace(said, known))) return said;
        return Place is { } place ? StreetMap.At(place).Name : "";
    }

    // A street that was taken from a place goes with it.
    private bool IsOfFormerPlace(string street, Sensor? known) =>
        known?.Place is { } former && former != Place && street == known.Street && street == StreetMap.At(former).Name;
}

/// <summary>One reason why a row was refused; a row may have several.</summary>
/// <param name="Line">Line of a CSV file or ordinal of a GeoJSON feature, from 1.</param>
/// <param name="Id">The row's sensor id as written, null when it has none.</param>
/// <param name="Field">Column, in the spelling of the CSV header.</param>
/// <param name="Code">Stable code; its text is <c>registry.refused.{code}</c>.</param>
/// <param name="Value">What the text speaks of: the offending value or another id.</param>
public sealed record RowRefusal(int Line, string? Id, string Field, string Code, string Value = "");

/// <summary>What an import did. Good rows are in the registry even when others were refused.</summary>
public sealed record ImportOutcome(int Added, int Changed, int Unchanged, IReadOnlyList<RowRefusal> Refused);
