using LuohuIOC.Simulator.Registry;

namespace LuohuIOC.Simulator.City;

/// <summary>The sensors of one or two kinds with what goes on around them. Groups are stepped in turn and read whenever a sensor reports.</summary>
public abstract class SensorGroup
{
    protected SensorGroup(IEnumerable<CitySensor> sensors) => Sensors = [.. sensors];

    public CitySensor[] Sensors { get; }

    public abstract void Step(CityMoment moment);

    /// <summary>
    /// What sensor <paramref name="index"/> measures now, noise included, by the slots of its kind. Slots that are not set stay as they
    /// are: NaN for not measured.
    /// </summary>
    public abstract void Read(int index, Span<double> values);
}
