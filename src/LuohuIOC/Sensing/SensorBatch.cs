using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>
/// Some readings of one sensor: those of one group, chained to those of later groups that came while the grain was busy.
/// In the silo it points into the groups' arrays and is never copied.
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

    /// <summary>The sensor's readings of a later group.</summary>
    public SensorBatch? Later { get; set; }
}
