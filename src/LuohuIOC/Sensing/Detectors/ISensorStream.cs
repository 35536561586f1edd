using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>A streaming detector of one sensor: novelty of a metric, or the chart of a station.</summary>
internal interface ISensorStream
{
    /// <summary>Stored with the sensor's state; has its snapshot between <see cref="Keep"/> and <see cref="Drop"/> only.</summary>
    StreamState State { get; }

    /// <summary>Takes a reading that is the latest and not bad; appends what it found.</summary>
    void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes);

    /// <summary>Brings the snapshot in <see cref="State"/> up to date; allocates it.</summary>
    void Keep();

    /// <summary>Lets the snapshot go once it is stored: the detector itself is all that memory needs.</summary>
    void Drop();
}
