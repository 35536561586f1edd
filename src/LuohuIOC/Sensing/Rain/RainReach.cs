using System.Text.Json;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Rain;

/// <summary>What rain explains at stations of a kind, from <c>novelty.json</c>.</summary>
/// <param name="Reservoir">Index among <see cref="AllHours"/>.</param>
/// <param name="Millimetres">From so much undrained rain on, the water's rise is the rain's.</param>
internal readonly record struct RainReach(int Reservoir, double Millimetres)
{
    private static readonly (double[] Hours, RainReach?[] ByKind) Settings = Load();

    /// <summary>The drain times that any kind uses; each gauge keeps a reservoir for each.</summary>
    public static ReadOnlySpan<double> AllHours => Settings.Hours;

    /// <summary>Null for kinds whose detectors rain does not concern.</summary>
    public static RainReach? Of(SensorKind kind) => Settings.ByKind[(int)kind];

    private static (double[], RainReach?[]) Load()
    {
        using var stream = typeof(RainReach).Assembly.GetManifestResourceStream("sensing/novelty.json")
            ?? throw new InvalidOperationException("Sensing/Detectors/novelty.json is not embedded.");
        var rows = JsonSerializer.Deserialize<RainFile>(stream, JsonSerializerOptions.Web)!.Rain.ToDictionary(r => r.Kind);
        double[] hours = [.. rows.Values.Select(r => r.DrainHours).Distinct().Order()];
        var byKind = KindCatalogue.All.Select(kind =>
            rows.Remove(kind.Name, out var row) ? new RainReach(Array.IndexOf(hours, row.DrainHours), row.Millimetres) : (RainReach?)null).ToArray();
        if (rows.Count > 0) throw new InvalidOperationException($"novelty.json: unknown kind in rain: {string.Join(", ", rows.Keys)}.");
        return (hours, byKind);
    }

    private sealed record RainFile(RainRow[] Rain);

    private sealed record RainRow(string Kind, double DrainHours, double Millimetres, string Why);
}
