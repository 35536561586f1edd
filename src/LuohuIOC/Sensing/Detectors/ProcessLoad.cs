namespace LuohuIOC.Sensing.Detectors;

/// <summary>How busy this process keeps the machine. It is ingestion that does, whenever it matters.</summary>
/// <param name="clock">Time.</param>
/// <param name="processorTime">Processor time that the process has used since its start.</param>
public sealed class ProcessLoad(TimeProvider clock, Func<TimeSpan> processorTime)
{
    /// <summary>Share of all processors used over the period, 0 to 1.</summary>
    public async Task<double> OverAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        var before = processorTime();
        var start = clock.GetTimestamp();
        await Task.Delay(period, clock, cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        return (processorTime() - before) / elapsed / Environment.ProcessorCount;
    }
}
