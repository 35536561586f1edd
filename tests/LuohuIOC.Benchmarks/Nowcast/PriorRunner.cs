using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>
/// Trains the nowcast that a host without history begins with: one model for all waterlogging points and one for all pipes. Learned in
/// several cities, which differ in all their catchments and pipes, its interval calibrated in others, because errors are larger where nothing
/// was learned, and judged in another one again, as a real station was in none of them.
/// </summary>
internal static class PriorRunner
{
    private const int Cities = 4;
    private const int FirstCity = 101;
    private const int FirstCalibrationCity = 201;
    private const int CalibrationStorms = 24;
    private const int CalibrationStride = 3;
    private const int Pipes = 30;
    private const int TestStorms = 50;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly NowcastOptions Options = new() { Trees = 150, Leaves = 24, RowsPerLeafMin = 100, Stride = 8, WetRowsPerBandMin = 300 };

    /// <param name="folder">Where the model files go, one a kind.</param>
    /// <param name="storms">For each city.</param>
    /// <param name="calibrationCities">Where the interval is calibrated; 0 leaves it as it is and writes nothing.</param>
    /// <param name="seed">Of the city that is judged.</param>
    /// <param name="keepsTrees">Takes the trees from the files in the folder: only the interval is new.</param>
    public static int Run(string folder, int storms, int calibrationCities, int seed, bool keepsTrees)
    {
        var watch = Stopwatch.StartNew();
        var cities = Enumerable.Range(FirstCity, Cities).Select(s => (Seed: s, City: new StormCity(s, Pipes))).ToArray();
        var episodes = keepsTrees ? [] : Round(cities, storms);
        var calibration = Round([.. Enumerable.Range(FirstCalibrationCity, calibrationCities).Select(s => (s, new StormCity(s, Pipes)))], CalibrationStorms);
        Console.WriteLine($"{episodes.Length} storms in {Cities} cities, {calibration.Length} in {calibrationCities}: {watch.Elapsed.TotalSeconds:F0} s");
        var city = new StormCity(seed, 12);
        var test = NowcastRunner.Test(city, TestStorms, seed);
        var scores = new Dictionary<string, NowcastScore[]>();
        foreach (var kind in new[] { SensorKind.Waterlogging, SensorKind.Pipe })
        {
            watch.Restart();
            var targets = cities[0].City.Targets.Where(t => t.Kind == kind).ToArray();
            NowcastSite[] sites = [.. targets.Select(t => t.Site.Padded())];
            var path = Path.Combine(folder, $"prior-{KindCatalogue.Of(kind).Name}.json.gz");
            var options = Options with { WetMetres = targets[0].Threshold * NowcastScore.WetShare };
            if (keepsTrees && !File.Exists(path)) throw new BadArgumentException($"nowcast --prior: --keep-trees wants {path}, and there is none.");
            var training = keepsTrees ? new NowcastTraining(NowcastModelFile.Read(File.ReadAllBytes(path)), 0, 0) : NowcastTrainer.Train(episodes, sites, options, DateTimeOffset.UnixEpoch);
            if (training.Model is not { } trees)
            {
                Console.WriteLine($"{kind}: no model, {NowcastRunner.Lacking(training, options)}");
                return 1;
            }
            var model = calibrationCities == 0 ? trees : NowcastTrainer.Calibrated(trees, calibration, sites, options with { Stride = CalibrationStride });
            var file = NowcastModelFile.Write(model);
            if (calibrationCities > 0)
            {
                Directory.CreateDirectory(folder);
                File.WriteAllBytes(path, file);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {model.Rows} rows, {file.Length / 1024} KB, {watch.Elapsed.TotalSeconds:F0} s"));
            Target[] judged = [.. city.Targets.Where(t => t.Kind == kind).Select(t => t with { Site = t.Site.Padded() })];
            var models = judged.ToDictionary(t => t.Id, _ => model);
            NowcastRunner.Judge(judged, models, test);
            scores[KindCatalogue.Of(kind).Name] = NowcastJudge.Summary(NowcastJudge.Judge(judged, models, test));
        }
        if (calibrationCities == 0) return 0;
        File.WriteAllText(
            Path.Combine(folder, "prior-scores.json"),
            JsonSerializer.Serialize(new { storms = Cities * storms, cities = Cities, calibratedIn = calibrationCities, judgedOn = test.Length, scores }, Indented) + "\n");
        return 0;
    }

    // Round about the cities, so that each has storms in every part.
    private static NowcastEpisode[] Round((int Seed, StormCity City)[] cities, int storms)
    {
        var each = cities.Select(c => NowcastRunner.Training(c.City, storms, c.Seed)).ToArray();
        return each.Length == 0 ? [] : [.. Enumerable.Range(0, each[0].Length).SelectMany(i => each.Select(e => NowcastRunner.Episode(e[i])))];
    }
}
