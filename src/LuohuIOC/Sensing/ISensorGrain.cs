using Orleans.Concurrency;

namespace LuohuIOC.Sensing;

/// <summary>
/// One sensor, keyed by its id. Its turns are its readings in order of commit. It says on the <see cref="DueBoard"/> of its process when it wants
/// to be called although nothing came.
/// </summary>
[Alias("luohu.sensor")]
public interface ISensorGrain : IGrainWithStringKey
{
    /// <summary>Judges readings and tells alerts.</summary>
    [Alias("observe")]
    ValueTask<Judgement> Observe(SensorBatch batch);

    /// <summary>Lets time pass, Unix ms: holds and silence.</summary>
    [Alias("tick")]
    ValueTask Tick(long nowMs);

    /// <summary>The sensor's rules or its registry row changed: judge the latest values by the new ones.</summary>
    [Alias("reconcile")]
    ValueTask Reconcile(long nowMs);

    /// <summary>Saves the state if it changed since it was saved last; returns up to where it has the readings of a journal.</summary>
    [Alias("save")]
    Task<long> Save(long journal);

    /// <summary>What its detectors have found, as <see cref="Detectors.DetectorsAbroad.Write"/> puts it; null when it has none. Readings need not be judged first.</summary>
    [Alias("detector"), AlwaysInterleave]
    ValueTask<byte[]?> Detector(string language);
}
