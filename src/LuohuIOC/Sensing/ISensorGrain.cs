namespace LuohuIOC.Sensing;

/// <summary>One sensor, keyed by its id. Its turns are its readings in order of commit.</summary>
[Alias("luohu.sensor")]
public interface ISensorGrain : IGrainWithStringKey
{
    /// <summary>Judges readings and tells alerts; returns when to be called next although nothing came, Unix ms.</summary>
    [Alias("observe")]
    ValueTask<long> Observe(SensorBatch batch);

    /// <summary>Lets time pass: holds and silence. Returns when to be called next, Unix ms.</summary>
    [Alias("tick")]
    ValueTask<long> Tick(long nowMs);

    /// <summary>The sensor's rules or its registry row changed: judge the latest values by the new ones.</summary>
    [Alias("reconcile")]
    ValueTask<long> Reconcile(long nowMs);

    /// <summary>Saves the state if it changed since it was saved last.</summary>
    [Alias("save")]
    Task Save();
}
