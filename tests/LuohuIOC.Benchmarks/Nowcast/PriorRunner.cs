using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>
/// Trains the nowcast that a host without history begins with: one model for all waterlogging points and one for all pipes. Learned in
/// several cities, which differ in all their catchments and pipes, and judged in another one, as a real station was in none of them.
/// </summary>
internal static class PriorRunner
{
    private const int Cities = 4;
    private const int FirstCity = 101;
    private const int Pipes = 30;
    private const int TestStorms = 50;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly NowcastOptions Options = new() { Trees = 150, Leaves = 24, RowsPerLeafMin = 100, Stride = 8, RowsPerBandMin = 1000 };

    /// <param name="folder">Where the model files go, one a kind.</param>
    /// <param name="storms">For each city.</param>
    /// <param name="seed">Of the city that is judged.</param>
    public static int Run(string folder, int storms, int seed)
    {
        var watch = Stopwatch.StartNew();
        var cities = Enumerable.Range(FirstCity, Cities).Select(s => (Seed: s, City: new StormCity(s, Pipes))).ToArray();
        // Round about the cities, so that each has storms in every part.
        var training = cities.Select(c => NowcastRunner.Training(c.City, storms, c.Seed)).ToArray();
        NowcastEpisode[] episodes = [.. Enumerable.Range(0, training[0].Length).SelectMany(i => training.Select(t => NowcastRunner.Episode(t[i])))];
        Console.WriteLine($"{episodes.Length} storms in {Cities} cities: {watch.Elapsed.TotalSeconds:F0} s");
        var city = new StormCity(seed, 12);
        var test = NowcastRunner.Test(city, TestStorms, seed);
        var scores = new Dictionary<string, NowcastScore[]>();
        foreach (var kind in new[] { SensorKind.Waterlogging, SensorKind.Pipe })
        {
            watch.Restart();
            var targets = cities[0].City.Targets.Where(t => t.Kind == kind);
            var trained = NowcastTrainer.Train(episodes, [.. targets.Select(t => t.Site.Padded())], Options, DateTimeOffset.UnixEpoch);
            if (trained.Model is not { } model) return 1;
            var file = NowcastModelFile.Write(model);
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, $"prior-{KindCatalogue.Of(kind).Name}.json.gz"), file);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {model.Rows} rows, {file.Length / 1024} KB, {watch.Elapsed.TotalSeconds:F0} s"));
            Target[] judged = [.. city.Targets.Where(t => t.Kind == kind).Select(t => t with { Site = t.Site.Padded() })];
            var models = judged.ToDictionary(t => t.Id, _ => model);
            NowcastRunner.Judge(judged, models, test);
            scores[KindCatalogue.Of(kind).Name] = NowcastJudge.Summary(NowcastJudge.Judge(judged, models, test));
        }
        File.WriteAllText(
            Path.Combine(folder, "prior-scores.json"), JsonSerializer.Serialize(new { storms = episodes.Count(e => !e.IsDry), cities = Cities, judgedOn = test.Length, scores }, Indented) + "\n");
        return 0;
    }
}
