using System.Globalization;
using System.Text.Json;
using LuohuIOC.Simulator.Registry;

namespace LuohuIOC.Simulator.Faults;

/// <summary>The truth for those who measure detectors: <c>sensor,fault,from,to</c>, a row when a fault begins, with the end it will have.</summary>
public sealed class FaultLabels : IDisposable
{
    private readonly TextWriter _file;
    private readonly IReadOnlyList<CitySensor> _sensors;

    public FaultLabels(TextWriter file, IReadOnlyList<CitySensor> sensors)
    {
        (_file, _sensors) = (file, sensors);
        _file.WriteLine("sensor,fault,from,to");
    }

    public void Write(SensorFault fault)
    {
        _file.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_sensors[fault.Sensor].Id},{JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.Kind.ToString())},{fault.From:O},{fault.Until:O}"));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
