using System.Text.Json;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// The models that a host without history begins with, one for all waterlogging points and one for all pipes, learned from simulated storms
/// in simulated cities (<c>./ioc bench nowcast --prior</c>) and scored in a city that they were not learned in.
/// </summary>
internal sealed record NowcastPrior(NowcastModel Model, NowcastScore[] Scores)
{
    private static readonly Dictionary<SensorKind, NowcastPrior> ByKind = new[] { SensorKind.Waterlogging, SensorKind.Pipe }.ToDictionary(k => k, Load);

    /// <summary>Null for kinds that are not forecast.</summary>
    public static NowcastPrior? Of(SensorKind kind) => ByKind.GetValueOrDefault(kind);

    private static NowcastPrior Load(SensorKind kind)
    {
        var name = KindCatalogue.Of(kind).Name;
        using var scores = Open("prior-scores.json");
        using var stream = Open($"prior-{name}.json.gz");
        using var file = new MemoryStream();
        stream.CopyTo(file);
        return new NowcastPrior(NowcastModelFile.Read(file.GetBuffer().AsSpan(0, (int)file.Length)), JsonSerializer.Deserialize<ScoresFile>(scores, JsonSerializerOptions.Web)!.Scores[name]);
    }

    private static Stream Open(string file) => typeof(NowcastPrior).Assembly.GetManifestResourceStream($"sensing/{file}")
        ?? throw new InvalidOperationException($"Sensing/Detectors/Nowcast/{file} is not embedded.");

    private sealed record ScoresFile(Dictionary<string, NowcastScore[]> Scores);
}
