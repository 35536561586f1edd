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
        if (Array.IndexOf(args, "--prior") is var prior and >= 0 && prior + 1 < args.Length)
            return PriorRunner.Run(args[prior + 1], Asked(args, "--storms", 120), Asked(args, "--calibration-cities", 4), Asked(args, "--seed", 1), args.Contains("--keep-trees"));
        var storms = Asked(args, "--storms", 300);
        var seed = Asked(args, "--seed", 1);
        var pipes = Asked(args, "--pipes", 12);
        var city = new StormCity(seed, pipes);
        var watch = Stopwatch.StartNew();
        var training = Training(city, storms, seed);
        var test = Test(city, storms / 2, seed);
        Console.WriteLine($"{training.Length} storms to learn from (0.5 to {TrainingYearsMax} years), {test.Length} to judge (0.5 to {TestYearsMax} years, and 2023-09-07 at three tides), seed {seed}: {watch.Elapsed.TotalSeconds:F0} s");
        watch.Restart();
        var models = Train(city, training);
        Console.WriteLine($"{models.Count} of {city.Targets.Length} stations trained: {watch.Elapsed.TotalSeconds:F0} s");
        foreach (var target in city.Targets.Where(t => !models.ContainsKey(t.Id))) Console.WriteLine($"not trained: {target.Id}");
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
                NowcastTables.Print($"{kind}, {shape}", NowcastJudge.Judge(ofKind, models, [.. test.Where(s => s.Plan.Shape == shape)]));
        }
    }

    private static Dictionary<string, NowcastModel> Train(StormCity city, StormRecord[] training)
    {
        var models = new NowcastTraining[city.Targets.Length];
        Parallel.For(0, models.Length, i => models[i] = NowcastTrainer.Train(
            [.. training.Select(Episode)], city.Targets[i].Site, new NowcastOptions { WetMetres = city.Targets[i].Threshold * NowcastScore.WetShare }, DateTimeOffset.UnixEpoch));
        return Enumerable.Range(0, models.Length).Where(i => models[i].Model is not null).ToDictionary(i => city.Targets[i].Id, i => models[i].Model!);
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

    private static int Asked(string[] args, string name, int standard)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : standard;
    }
}
