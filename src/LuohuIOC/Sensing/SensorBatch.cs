using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>
/// Some readings of one sensor: those of one group, chained to those of later groups that came while the grain was busy.
/// In the silo it points into the groups' arrays and is never copied; to a grain in another silo it goes as <see cref="SensorBatchWire"/>.
/// </summary>
[Immutable]
public sealed class SensorBatch
{
    internal SensorBatch(GroupInFlight flight, int first, int[] nextOfSensor)
    {
        Flight = flight;
        First = first;
        NextOfSensor = nextOfSensor;
    }

    public ReadingGroup Group => Flight.Group;

    /// <summary>Index of the sensor's first reading in the group.</summary>
    public int First { get; }

    /// <summary>Index of the sensor's next reading in the group for each reading, −1 at the end.</summary>
    public int[] NextOfSensor { get; }

    /// <summary>The group's way through its sensors, of which this batch is one step.</summary>
    internal GroupInFlight Flight { get; }

    /// <summary>The publish among the sensor's readings that is followed, null when none is.</summary>
    internal ReadingTrace? Trace
    {
        get
        {
            foreach (var trace in Group.Traces ?? [])
            {
                for (var i = First; i >= 0; i = NextOfSensor[i])
                    if (i >= trace.First && i < trace.End) return trace;
            }
            return null;
        }
    }

    /// <summary>The sensor's readings of a later group.</summary>
    public SensorBatch? Later { get; set; }

    /// <summary>Of the first batch of a call: the journal that the groups' positions belong to; 0 for the one of a host alone.</summary>
    public long Journal { get; set; }

    /// <summary>Of the first batch of a call: up to here the grain has judged this journal's readings, or its state was lost with its host.</summary>
    public long After { get; set; }

    /// <summary>Of the first batch of a call: its readings, or the first of them, are shown again, after a start or because a state lacks them. What follows from them is known already.</summary>
    public bool IsAgain { get; init; }

    /// <summary>It came from another silo: marks must go back with the answer.</summary>
    internal bool IsAbroad { get; init; }
}

/// <summary>What became of a batch.</summary>
/// <param name="Applied">
/// Up to this position of the batch's journal the sensor's state has the readings. Less than <see cref="SensorBatch.After"/>: the state is an older
/// one, nothing was judged, and the readings between must be shown first.
/// </param>
/// <param name="Marks">From another silo: the readings that are not good; null when all are, or when the marks are in the groups already.</param>
[GenerateSerializer, Immutable, Alias("luohu.judgement.v1")]
public readonly record struct Judgement([property: Id(0)] long Applied, [property: Id(1)] MarkAbroad[]? Marks);

/// <summary>The mark of one reading of a batch.</summary>
/// <param name="Reading">Which, counted through the whole chain from 0.</param>
/// <param name="Grade">Of its mark.</param>
/// <param name="Reason">Of its mark.</param>
/// <param name="Slots">Of its mark.</param>
[GenerateSerializer, Immutable, Alias("luohu.mark-abroad.v1")]
public readonly record struct MarkAbroad(
    [property: Id(0)] int Reading, [property: Id(1)] QualityGrade Grade, [property: Id(2)] QualityReason Reason, [property: Id(3)] ulong Slots)
{
    internal QualityMark Mark => new(Grade, Reason, Slots);
}
