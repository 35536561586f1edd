using System.Globalization;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Detectors.Nowcast;
using LuohuIOC.Simulator.Seeds;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>
/// The nowcast's residual as an alert: how often it cries wolf in storms and dry weather, and which faults made into readings it finds. The shipped
/// prior forecasts; neither city nor storms were learned from. One city is for choosing, others are reported.
/// </summary>
internal static class ResidualRunner
{
    private const int Pipes = 12;
    private const int End = 10;

    private static readonly (double Factor, int Minutes)[] Rules = [.. new[] { 1.5, 2.0, 3.0, 4.0, 6.0 }.SelectMany(f => new[] { 3, 5, 8 }.Select(m => (f, m)))];

    /// <param name="cities">Seeds of the cities; their storms follow from them.</param>
    /// <param name="storms">For each city.</param>
    public static int Run(int[] cities, int storms)
    {
        var counts = new Dictionary<(SensorKind Kind, bool Dry, double Factor, int Minutes), Count>();
        var days = new Dictionary<(SensorKind Kind, bool Dry), (int Stations, double Days)>();
        foreach (var seed in cities)
        {
            var city = new StormCity(seed, Pipes);
            StormPlan[] plans = [.. StormPlan.Many(storms, 700_000 + (seed * 1000), 100), .. StormPlan.DryOnes(storms / 2, 800_000 + (seed * 1000))];
            Parallel.ForEach(plans, new ParallelOptions { MaxDegreeOfParallelism = 2 }, plan => One(city, city.Run(plan), counts, days));
        }
        foreach (var ((kind, dry), (runs, length)) in days.OrderBy(d => d.Key))
        {
            var table = new Table().Border(TableBorder.Markdown).AddColumns("beyond", "minutes", "false alarms", "a storm, all stations", "at a fault's neighbours",
                "rises", "falls", "offsets", "delay, median");
            foreach (var (key, count) in counts.Where(c => c.Key.Kind == kind && c.Key.Dry == dry).OrderBy(c => (c.Key.Minutes, c.Key.Factor)))
                table.AddRow(
                    $"{key.Factor} ×", $"{key.Minutes}", $"{count.False}", Short((double)count.False / runs), $"{count.Neighbours} of {count.NeighbourRuns}",
                    Found(count, MadeFault.Rise), Found(count, MadeFault.Fall), Found(count, MadeFault.Offset), count.Delays.Count == 0 ? "–" : $"{count.Delays.Order().ElementAt(count.Delays.Count / 2)} min");
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}, {(dry ? "dry weather" : "storms")}: {runs} runs, {length:F1} station-days without faults"));
            AnsiConsole.Write(table);
        }
        return 0;
    }

    private static string Found(Count count, MadeFault kind) => $"{count.Found.GetValueOrDefault(kind)} of {count.Made.GetValueOrDefault(kind)}";

    private static string Short(double number) => number.ToString("G3", CultureInfo.InvariantCulture);

    private static void One(
        StormCity city, StormRecord storm, Dictionary<(SensorKind, bool, double, int), Count> counts, Dictionary<(SensorKind, bool), (int, double)> days)
    {
        var dry = storm.Plan.Shape == StormShape.Dry;
        Target[] targets = [.. city.Targets.Select(t => t with { Site = t.Site.Padded() })];
        var clean = targets.Select(t => Forecasts(t, storm.Table, storm)).ToArray();
        // Every third station has a fault of its own, at a time of its own; what the others say then is a false alarm at a neighbour.
        var faults = targets.Select((t, i) => i % 3 == storm.Plan.Seed % 3 ? Make(t, (MadeFault)(i / 3 % 3), storm) : null).ToArray();
        var spoilt = Spoil(storm.Table, targets, faults);
        var faulty = targets.Select(t => Forecasts(t, spoilt, storm)).ToArray();
        lock (counts)
        {
            foreach (var kind in new[] { SensorKind.Waterlogging, SensorKind.Pipe })
            {
                var (runs, length) = days.GetValueOrDefault((kind, dry));
                days[(kind, dry)] = (runs + 1, length + (targets.Count(t => t.Kind == kind) * (storm.To - storm.From) / 1440.0));
            }
            for (var i = 0; i < targets.Length; i++)
                foreach (var (factor, minutes) in Rules)
                {
                    var key = (targets[i].Kind, dry, factor, minutes);
                    if (!counts.TryGetValue(key, out var count)) counts[key] = count = new Count();
                    var before = Alarms(targets[i], storm.Table, storm, clean[i], factor, minutes);
                    count.False += before.Count;
                    var after = Alarms(targets[i], spoilt, storm, faulty[i], factor, minutes);
                    if (faults[i] is { } fault) count.Judge(fault, after);
                    else (count.Neighbours, count.NeighbourRuns) = (count.Neighbours + Math.Max(0, after.Count - before.Count), count.NeighbourRuns + 1);
                }
        }
    }

    private static NowcastValue?[] Forecasts(Target target, MinuteTable table, StormRecord storm)
    {
        var model = NowcastPrior.Of(target.Kind)!.Model;
        var values = new NowcastValue[model.Horizons.Length];
        return [.. Enumerable.Range(storm.From, storm.To - storm.From + 1).Select(m => model.Forecast(table, target.Site, m, values) ? values[0] : (NowcastValue?)null)];
    }

    private static List<int> Alarms(Target target, MinuteTable table, StormRecord storm, NowcastValue?[] forecasts, double factor, int minutes)
    {
        var latch = new ResidualLatch(factor, minutes, End, NowcastSettings.ResidualMetresOf(target.Kind));
        var alarms = new List<int>();
        for (var t = 0; t < forecasts.Length; t++)
            if (latch.Step(t, table.At(target.Site.Own, storm.From + t), forecasts[t], latch) == ResidualTurn.Raised) alarms.Add(storm.From + t);
        return alarms;
    }

    /// <summary>Null where the fault would change nothing: a fall of water that is not there.</summary>
    private static Fault? Make(Target target, MadeFault kind, StormRecord storm)
    {
        var random = new Seeded(storm.Plan.Seed, $"{target.Id} residual fault");
        var (first, last) = (storm.From + 30, storm.To - Fault.Minutes);
        if (last <= first) return null;
        for (var attempt = 0; attempt < 40; attempt++)
        {
            var from = first + random.Below(last - first);
            var level = storm.Table.At(target.Site.Own, from);
            // In a storm, while the water is up: that is where nothing else tells.
            if (kind == MadeFault.Fall ? level >= Fault.Metres(target.Kind) : storm.Plan.Shape == StormShape.Dry || level >= target.Threshold * NowcastScore.WetShare) return new Fault(kind, from, target.Kind);
        }
        return null;
    }

    private static MinuteTable Spoil(MinuteTable table, Target[] targets, Fault?[] faults)
    {
        var spoilt = new MinuteTable(table.Columns, table.Count);
        var row = new double[table.Columns];
        for (var m = 0; m < table.Count; m++)
        {
            for (var c = 0; c < row.Length; c++) row[c] = table.At(c, m);
            for (var i = 0; i < targets.Length; i++)
                if (faults[i] is { } fault) row[targets[i].Site.Own] = fault.Of(row[targets[i].Site.Own], m);
            spoilt.Append(row);
        }
        return spoilt;
    }

    private enum MadeFault
    {
        /// <summary>Water that rain did not bring: within ten minutes, as of a discharge or a burst main.</summary>
        Rise,

        /// <summary>The reading falls to the sill, as of a probe that left the water.</summary>
        Fall,

        /// <summary>It jumps and stays, as of a probe that slipped.</summary>
        Offset,
    }

    private sealed record Fault(MadeFault Kind, int From, SensorKind Station)
    {
        public const int Minutes = 60;

        /// <summary>Half a metre in a pipe; on a street as much as the lowest threshold and as much again.</summary>
        public static double Metres(SensorKind station) => station == SensorKind.Pipe ? 0.5 : 0.3;

        public double Of(double value, int minute) => minute < From || minute >= From + Minutes ? value : Kind switch
        {
            MadeFault.Rise => value + (Metres(Station) * Math.Min(1, (minute - From + 1) / 10.0)),
            MadeFault.Fall => Math.Min(value, 0.01),
            _ => value + Metres(Station),
        };
    }

    private sealed class Count
    {
        public int False;
        public int Neighbours;
        public int NeighbourRuns;

        public Dictionary<MadeFault, int> Made { get; } = [];

        public Dictionary<MadeFault, int> Found { get; } = [];

        public List<int> Delays { get; } = [];

        public void Judge(Fault fault, List<int> alarms)
        {
            Made[fault.Kind] = Made.GetValueOrDefault(fault.Kind) + 1;
            if (alarms.FirstOrDefault(a => a >= fault.From && a < fault.From + Fault.Minutes) is not (> 0 and var told)) return;
            Found[fault.Kind] = Found.GetValueOrDefault(fault.Kind) + 1;
            Delays.Add(told - fault.From);
        }
    }
}
