using System.Globalization;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>What processes have used, from Linux' <c>/proc</c>: processor time in their own code and in the kernel, and how often their threads were switched.</summary>
internal readonly record struct CoreTime(TimeSpan User, TimeSpan Kernel, long Switches)
{
    private const int TicksPerSecond = 100;

    public static CoreTime Of(IEnumerable<int> processes) => processes.Select(Of).Aggregate(default(CoreTime), (sum, one) => sum + one);

    /// <summary>The process with this text on its command line, and those that it has started.</summary>
    public static List<int> Family(string argument)
    {
        int[] all = [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture))];
        var heads = all.Where(id => Read($"/proc/{id}/cmdline").Split('\0').Contains(argument)).ToHashSet();
        return [.. heads, .. all.Where(id => Fields(id) is { Length: > 1 } fields && heads.Contains(int.Parse(fields[1], CultureInfo.InvariantCulture)))];
    }

    public static CoreTime operator +(CoreTime a, CoreTime b) => new(a.User + b.User, a.Kernel + b.Kernel, a.Switches + b.Switches);

    public static CoreTime operator -(CoreTime a, CoreTime b) => new(a.User - b.User, a.Kernel - b.Kernel, a.Switches - b.Switches);

    private static CoreTime Of(int process)
    {
        if (Fields(process) is not { Length: > 13 } fields) return default;
        // Those of threads that have ended are not counted.
        var switches = Directory.Exists($"/proc/{process}/task") ? Directory.GetDirectories($"/proc/{process}/task").Sum(t => Read($"{t}/status").Split('\n')
            .Where(l => l.Contains("ctxt_switches:", StringComparison.Ordinal)).Sum(l => long.Parse(l[(l.IndexOf(':') + 1)..], CultureInfo.InvariantCulture))) : 0;
        return new CoreTime(Time(fields[11]), Time(fields[12]), switches);
    }

    // "12 (a name) S 1 …": what follows the name, so that a name with blanks moves nothing.
    private static string[] Fields(int process)
    {
        var line = Read($"/proc/{process}/stat");
        return line.LastIndexOf(')') is > 0 and var end ? line[(end + 2)..].Split(' ') : [];
    }

    private static TimeSpan Time(string ticks) => TimeSpan.FromSeconds(double.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }
}
