using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>What waits for one sensor's grain. One call is under way at a time; what comes meanwhile is the next call's batch.</summary>
internal sealed class SensorInbox(int sensor, ISensorGrain grain)
{
    public int Sensor => sensor;

    public ISensorGrain Grain => grain;

    /// <summary>Oldest batch that waits, chained to the later ones.</summary>
    public SensorBatch? Waiting;

    public SensorBatch? Newest;

    /// <summary>A call is under way.</summary>
    public bool Busy;

    /// <summary>The grain has answered a call: it lives, here or on another host.</summary>
    public bool Awake;

    /// <summary>State changed since it was saved.</summary>
    public bool Dirty;

    /// <summary>Up to this position of this host's journal the grain has said that it has the readings; its state may be lost with its host since.</summary>
    public long Delivered;

    /// <summary>The grain was found with an older state, which has the readings up to here; null while nothing is known to be missing.</summary>
    public long? LostAfter;
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

/// <summary>Chains each sensor's readings within a group. Not for several threads.</summary>
internal sealed class SensorChain
{
    private int[] _lastOfSensor = new int[8192];

    /// <param name="group">Its readings in any order of sensors.</param>
    /// <param name="next">Index of the sensor's next reading for each reading, −1 at the end.</param>
    /// <returns>The index of each sensor's first.</returns>
    public List<int> Of(ReadingGroup group, out int[] next)
    {
        next = new int[group.Count];
        var firsts = new List<int>();
        for (var i = 0; i < group.Count; i++)
        {
            next[i] = -1;
            var sensor = group.Sensors[i];
            if (sensor >= _lastOfSensor.Length) Array.Resize(ref _lastOfSensor, Math.Max(sensor + 1, _lastOfSensor.Length * 2));
            var last = _lastOfSensor[sensor] - 1;
            if (last >= 0 && last < i && group.Sensors[last] == sensor) next[last] = i;
            else firsts.Add(i);
            _lastOfSensor[sensor] = i + 1;
        }
        foreach (var first in firsts) _lastOfSensor[group.Sensors[first]] = 0;
        return firsts;
    }
}
