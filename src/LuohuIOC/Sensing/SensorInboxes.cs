using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>What waits for one sensor's grain. One call is under way at a time; what comes meanwhile is the next call's batch.</summary>
internal sealed class SensorInbox(ISensorGrain grain)
{
    public ISensorGrain Grain => grain;

    /// <summary>Oldest batch that waits, chained to the later ones.</summary>
    public SensorBatch? Waiting;

    public SensorBatch? Newest;

    /// <summary>A call is under way.</summary>
    public bool Busy;

    /// <summary>State changed since it was saved.</summary>
    public bool Dirty;

    /// <summary>When the grain wants to be called although nothing came, Unix ms.</summary>
    public long DueMs = long.MaxValue;
}

/// <summary>A group on its way through the sensors: when the last of them is done, it goes on to history.</summary>
internal sealed class GroupInFlight(ReadingGroup group, int sensors)
{
    private int _left = sensors;

    public ReadingGroup Group => group;

    public bool IsDone => Volatile.Read(ref _left) == 0;

    /// <summary>One sensor is done with its readings; true for the last one.</summary>
    public bool Done() => Interlocked.Decrement(ref _left) == 0;
}
