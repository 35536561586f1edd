using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>Frames a second on one core, decoded from bytes to values at times. The goal is 1,000,000 SL 651 frames/s.</summary>
[MemoryDiagnoser]
public class FrameRate
{
    // A timed report (four elements, 60 bytes) and an hourly one (two series of twelve, 121 bytes).
    private readonly byte[] _timed = Sample("sl651", 3);
    private readonly byte[] _hourly = Sample("sl651", 11);
    private readonly byte[] _minute = Sample("hj212", 6);
    private readonly byte[] _component = Sample("gb26875", 1);

    /// <summary><c>frames</c>: by BenchmarkDotNet, in this process; then a plain loop for comparison.</summary>
    public static int Run()
    {
        var job = Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance);
        BenchmarkRunner.Run<FrameRate>(ManualConfig.Create(DefaultConfig.Instance).AddJob(job).WithOptions(ConfigOptions.DisableOptimizationsValidator));
        return Loop();
    }

    /// <summary><c>frames loop</c>: the plain loop alone.</summary>
    public static int Loop()
    {
        var rate = new FrameRate();
        foreach (var (name, decode) in ((string, Func<double>)[])[("SL 651 timed", rate.Sl651Timed), ("SL 651 hourly", rate.Sl651Hourly), ("HJ 212 minute", rate.Hj212Minute), ("GB 26875 component", rate.Gb26875Component)])
        {
            Measure(decode, TimeSpan.FromSeconds(1));
            var (frames, processor) = Measure(decode, TimeSpan.FromSeconds(3));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {frames / processor.TotalSeconds:N0} frames/s of processor, {processor.TotalNanoseconds / frames:0} ns each"));
        }
        return 0;
    }

    [Benchmark]
    public double Sl651Timed() => Decode("sl651", _timed);

    [Benchmark]
    public double Sl651Hourly() => Decode("sl651", _hourly);

    [Benchmark]
    public double Hj212Minute() => Decode("hj212", _minute);

    [Benchmark]
    public double Gb26875Component() => Decode("gb26875", _component);

    private static double Decode(string protocol, byte[] frame)
    {
        var digest = new FrameDigest();
        digest.Take(protocol, frame);
        return digest.Sum;
    }

    private static (long Frames, TimeSpan Processor) Measure(Func<double> decode, TimeSpan least)
    {
        using var process = Process.GetCurrentProcess();
        var from = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        long frames = 0;
        while (clock.Elapsed < least)
        {
            for (var i = 0; i < 1000; i++) decode();
            frames += 1000;
        }
        process.Refresh();
        return (frames, process.TotalProcessorTime - from);
    }

    private static byte[] Sample(string protocol, int index) => SampleFrames.Of(protocol)[index];
}
