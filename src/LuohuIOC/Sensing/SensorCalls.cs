using LuohuIOC.Registry;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing;

/// <summary>
/// Calls sensors' grains. A call that fails because a host has died or the database is away is made again until the grain answers from
/// wherever it lives then; one that fails for another reason is a defect, and after three attempts the city goes on without that judgement.
/// </summary>
public sealed class SensorCalls(SensorRegistry registry, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<SensorCalls> log)
{
    private const int AttemptsMax = 3;

    /// <summary>
    /// First calls under way at once; the others wait here, where no time runs out for them. A grain that must come to life first reads its state and takes
    /// many times as long as one that lives: when a city reports for the first time, hundreds of thousands of calls would pass Orleans' 30 s and be made again.
    /// </summary>
    internal const int WakingMax = 1_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _waking = new(WakingMax, WakingMax);

    /// <returns>Null when the batch could not be judged.</returns>
    internal Task<Judgement?> Observe(SensorInbox inbox, SensorBatch batch) => inbox.Awake ? Call(inbox, batch) : Wake(inbox, batch);

    private async Task<Judgement?> Wake(SensorInbox inbox, SensorBatch batch)
    {
        await _waking.WaitAsync();
        try
        {
            var judged = await Call(inbox, batch);
            inbox.Awake |= judged is not null;
            return judged;
        }
        finally
        {
            _waking.Release();
        }
    }

    private async Task<Judgement?> Call(SensorInbox inbox, SensorBatch batch)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var judged = await inbox.Grain.Observe(batch);
                // Once more: a save that began after the caller's mark may have reached the grain before this call, and taken the mark away.
                inbox.Dirty = true;
                return judged;
            }
            catch (Exception e) when (PassingFault.Is(e))
            {
                if (attempt == 1) log.LogWarning("Sensor {Sensor} does not answer, it is called again: {Cause}", registry[inbox.Sensor].Id, e.Message);
                attempt = Math.Max(attempt, 2) - 1;
            }
            catch (Exception e)
            {
                // Readings are in the journal and go to history whatever the rules say; a sensor that cannot be judged must not stop the city.
                log.LogError(e, "Sensor {Sensor}: readings of group {Position} could not be judged, attempt {Attempt} of {Max}",
                    registry[inbox.Sensor].Id, batch.Group.Position, attempt, AttemptsMax);
                if (attempt == AttemptsMax) return null;
            }
            if (lifetime.ApplicationStopping.IsCancellationRequested) return null;
            await Task.Delay(pause, time);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
