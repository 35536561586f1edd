using System.Diagnostics;
using System.Globalization;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>Trains nowcasts on simulated storms and judges them on others.</summary>
internal static class NowcastRunner
{
    /// <summary>Seeds of the storms that are judged begin here; those of training begin at 0 and are fewer.</summary>
    private const int FirstTestSeed = 1_000_000;
    private const double TrainingYearsMax = 50;
    private const double TestYearsMax = 100;

    public static int Run(string[] args)
    {
        var asked = NowcastArguments.Of(args);
        if (asked.Prior is { } folder) return PriorRunner.Run(folder, asked.Storms, asked.CalibrationCities, asked.Seed, asked.KeepsTrees);
        var (storms, seed) = (asked.Storms, asked.Seed);
        var city = new StormCity(seed, asked.Pipes);
        var watch = Stopwatch.StartNew();
        var training = Training(city, storms, seed);
        var test = Test(city, storms / 2, seed);
        Console.WriteLine($"{training.Length} storms to learn from (0.5 to {TrainingYearsMax} years), {test.Length} to judge (0.5 to {TestYearsMax} years, and 2023-09-07 at three tides), seed {seed}: {watch.Elapsed.TotalSeconds:F0} s");
        watch.Restart();
        var trained = Train(city, training);
        var models = trained.Where(t => t.Value.Model is not null).ToDictionary(t => t.Key, t => t.Value.Model!);
        Console.WriteLine($"{models.Count} of {city.Targets.Length} stations trained: {watch.Elapsed.TotalSeconds:F0} s");
        foreach (var (id, lacking) in trained.Where(t => t.Value.Model is null)) Console.WriteLine($"{id} is not trained and not judged: {Lacking(lacking, new NowcastOptions())}");
        if (models.Count == 0) return 1;
        Sizes(models);
        Judge([.. city.Targets.Where(t => models.ContainsKey(t.Id))], models, test);
        return 0;
    }

    internal static NowcastEpisode Episode(StormRecord storm) => new(storm.Table, storm.From, storm.To, storm.Plan.Shape == StormShape.Dry);

    internal static StormRecord[] Training(StormCity city, int storms, int seed) => Simulated(
        city, [.. StormPlan.Many(storms, seed * 10_000, TrainingYearsMax), .. StormPlan.DryOnes(storms / 5, (seed * 10_000) + 5_000)]);

    internal static StormRecord[] Test(StormCity city, int storms, int seed) => Simulated(city,
    [
        .. StormPlan.Many(storms, FirstTestSeed + (seed * 10_000), TestYearsMax),
        .. StormPlan.DryOnes(5, FirstTestSeed + (seed * 10_000) + 5_000),
        .. Enumerable.Range(0, 3).Select(i => new StormPlan(FirstTestSeed + (seed * 10_000) - 1 - i, StormShape.September2023, double.NaN)),
    ]);

    internal static void Judge(Target[] targets, Dictionary<string, NowcastModel> models, StormRecord[] test)
    {
        foreach (var kind in new[] { SensorKind.Waterlogging, SensorKind.Pipe })
        {
            var ofKind = targets.Where(t => t.Kind == kind).ToArray();
            if (ofKind.Length == 0) continue;
            foreach (var shape in Enum.GetValues<StormShape>())
            {
                var scores = NowcastJudge.Judge(ofKind, models, [.. test.Where(s => s.Plan.Shape == shape)]);
                NowcastTables.Print($"{kind}, {shape}", scores);
                NowcastTables.PrintUnmoved(ofKind, scores);
            }
        }
    }

    /// <summary>What a training that made no model was short of.</summary>
    internal static string Lacking(NowcastTraining training, NowcastOptions options) => training.Episodes < options.EpisodesMin
        ? $"{training.Episodes} storms, {options.EpisodesMin} are needed" : $"{training.Rows} rows in its smallest part, {options.RowsMin} are needed";

    private static Dictionary<string, NowcastTraining> Train(StormCity city, StormRecord[] training)
    {
        var models = new NowcastTraining[city.Targets.Length];
        Parallel.For(0, models.Length, i => models[i] = NowcastTrainer.Train(
            [.. training.Select(Episode)], city.Targets[i].Site, new NowcastOptions { WetMetres = city.Targets[i].Threshold * NowcastScore.WetShare }, DateTimeOffset.UnixEpoch));
        return Enumerable.Range(0, models.Length).ToDictionary(i => city.Targets[i].Id, i => models[i]);
    }

    private static StormRecord[] Simulated(StormCity city, StormPlan[] plans)
    {
        var records = new StormRecord[plans.Length];
        Parallel.For(0, plans.Length, i => records[i] = city.Run(plans[i]));
        return records;
    }

    private static void Sizes(Dictionary<string, NowcastModel> models)
    {
        var bytes = models.Values.Average(m => NowcastModelFile.Write(m).Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"rows a station: {models.Values.Average(m => m.Rows):F0}; stored model: {bytes / 1024:F0} KB; features: {models.Values.Min(m => m.Features.Length)} to {models.Values.Max(m => m.Features.Length)}"));
    }
}
