using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Tests.Sensing.Rules;

/// <summary>Slow and obvious: at every second, looks back through all readings.</summary>
internal static class LadderReference
{
    public static string Story(LadderRule rule, List<(int Second, double Value)> history, int end)
    {
        var on = new HashSet<Step>();
        var told = new List<string>();
        var shown = "ended";
        for (var second = history[0].Second; second <= end; second++)
        {
            // A reading of the very second decides whether a hold has run out.
            if (history.Any(r => r.Second == second)) Judge(history.Where(r => r.Second <= second).ToList(), byTimeOnly: false);
            else Judge(history.Where(r => r.Second < second).ToList(), byTimeOnly: true);

            void Judge(List<(int Second, double Value)> seen, bool byTimeOnly)
            {
                if (seen.Count == 0) return;
                foreach (var step in rule.Steps)
                {
                    if (!on.Contains(step))
                    {
                        var run = RunOf(seen, v => Met(rule.When, v, step.At));
                        if (run.Count > 0 && Held(run, second, byTimeOnly)) on.Add(step);
                    }
                    else
                    {
                        var over = RunOf(seen, v => Over(rule, v, step.At));
                        if (over.Count > 0 && second - over[^1].Second >= rule.ClearHoldSeconds) on.Remove(step);
                    }
                }
                var now = on.Count == 0 ? "ended" : on.Max(s => s.Severity).ToString().ToLowerInvariant();
                if (now != shown) told.Add($"{rule.Id} {now}@{second}");
                shown = now;
            }
        }
        return string.Join(", ", told);

        bool Held(List<(int Second, double Value)> run, int second, bool byTimeOnly) =>
            (rule.HoldSamples == 0 && rule.HoldSeconds == 0)
            || (rule.HoldSeconds > 0 && second - run[^1].Second >= rule.HoldSeconds)
            || (!byTimeOnly && rule.HoldSamples > 0 && run.Count >= rule.HoldSamples);
    }

    /// <summary>The newest readings in a row that meet a condition, newest first.</summary>
    private static List<(int Second, double Value)> RunOf(List<(int Second, double Value)> seen, Func<double, bool> isTrue) =>
        [.. Enumerable.Reverse(seen).TakeWhile(r => isTrue(r.Value))];

    private static bool Met(Comparison when, double value, double at) => when switch
    {
        Comparison.AtLeast => value >= at,
        Comparison.Above => value > at,
        Comparison.AtMost => value <= at,
        _ => value < at,
    };

    // Decimals, so that 0.15 − 0.03 is 0.12 here as people mean it.
    private static bool Over(LadderRule rule, double value, double at) => rule.When switch
    {
        Comparison.AtLeast => (decimal)value < (decimal)at - (decimal)rule.Hysteresis,
        Comparison.Above => rule.Hysteresis == 0 ? value <= at : (decimal)value < (decimal)at - (decimal)rule.Hysteresis,
        Comparison.AtMost => (decimal)value > (decimal)at + (decimal)rule.Hysteresis,
        _ => rule.Hysteresis == 0 ? value >= at : (decimal)value > (decimal)at + (decimal)rule.Hysteresis,
    };
}

/// <summary>Adds all rain of the window up again every ten seconds.</summary>
internal static class WindowReference
{
    public static string Story(AccumulationRule rule, List<(int Second, double Value)> history, int end)
    {
        var told = new List<string>();
        var shown = "ended";
        var bin = rule.WindowSeconds / 36;
        var origin = Watched.Start / 1000;
        for (var second = history[0].Second; second <= end; second += 5)
        {
            // By time alone nothing ends before the next reading has had time to come.
            if (second >= Patience.Until([.. history.Where(r => r.Second < second).Select(r => r.Second)], rule.WindowSeconds)) Judge(second, history.Where(r => r.Second < second));
            if (history.Any(r => r.Second == second)) Judge(second, history.Where(r => r.Second <= second));
        }
        return string.Join(", ", told);

        void Judge(int second, IEnumerable<(int Second, double Value)> seen)
        {
            var newest = (origin + second) / bin;
            var sum = seen.Where(r => (origin + r.Second) / bin > newest - 36).Sum(r => r.Value);
            var step = rule.Steps.Where(s => sum >= s.At || (WasOn(shown, s) && sum >= s.At - rule.Hysteresis))
                .Select(s => s.Severity).DefaultIfEmpty().Max();
            var now = step == default ? "ended" : step.ToString().ToLowerInvariant();
            if (now != shown) told.Add($"{rule.Id} {now}@{second}");
            shown = now;
        }

        static bool WasOn(string shown, Step step) => shown != "ended" && Enum.Parse<LuohuIOC.Alerts.Severity>(shown, true) >= step.Severity;
    }
}

/// <summary>Draws the line through all readings again, and looks how far it has risen from its lowest point in the window, whose beginning is on it too.</summary>
internal static class RiseReference
{
    private const int Bin = 100;

    public static string Story(RiseRule rule, List<(int Second, double Value)> history, int end)
    {
        var told = new List<string>();
        var shown = "ended";
        for (var second = history[0].Second; second <= end; second += 50)
        {
            var before = history.Where(r => r.Second < second).ToList();
            if (before.Count > 0 && second >= Patience.Until([.. before.Select(r => r.Second)], rule.WindowSeconds)) Judge(second, before, Math.Max(before[^1].Second, second / Bin * Bin));
            if (history.Exists(r => r.Second == second)) Judge(second, history.Where(r => r.Second <= second).ToList(), second);
        }
        return string.Join(", ", told);

        void Judge(int second, List<(int Second, double Value)> seen, int now)
        {
            var from = now - rule.WindowSeconds;
            var inside = seen.Where(r => r.Second > from).ToList();
            var outside = seen.Where(r => r.Second <= from).ToList();
            var lowest = inside.Count == 0 ? seen[^1].Value : inside.Min(r => r.Value);
            if (inside.Count > 0 && outside.Count > 0)
            {
                var (a, b) = (outside[^1], inside[0]);
                lowest = Math.Min(lowest, a.Value + ((b.Value - a.Value) * (from - a.Second) / (b.Second - a.Second)));
            }
            var rise = Math.Round(seen[^1].Value - lowest, 6);
            var step = rule.Steps.Where(s => rise >= s.At || (WasOn(s) && rise >= Math.Round(s.At - rule.Hysteresis, 9))).Select(s => s.Severity).DefaultIfEmpty().Max();
            var present = step == default ? "ended" : step.ToString().ToLowerInvariant();
            if (present != shown) told.Add($"{rule.Id} {present}@{second}");
            shown = present;
        }

        bool WasOn(Step step) => shown != "ended" && Enum.Parse<LuohuIOC.Alerts.Severity>(shown, true) >= step.Severity;
    }
}

/// <summary>How long a window waits for the next reading: half as long again as the last one took.</summary>
internal static class Patience
{
    public static double Until(int[] seconds, int window) => seconds.Length == 0 ? 0 : seconds[^1] + (1.5 * (seconds.Length == 1 ? window : Math.Min(window, seconds[^1] - seconds[^2])));
}

/// <summary>Counts all beginnings of the window again every ten seconds.</summary>
internal static class RepeatReference
{
    public static string Story(RepeatRule rule, List<int> begun, int end)
    {
        var told = new List<string>();
        var isOn = false;
        for (var second = 0; second <= end; second += 5)
        {
            var enough = begun.Count(b => b <= second && second - b < rule.WindowSeconds) >= rule.Times;
            if (enough != isOn) told.Add($"{rule.Id} {(enough ? rule.Severity.ToString().ToLowerInvariant() : "ended")}@{second}");
            isOn = enough;
        }
        return string.Join(", ", told);
    }
}
