using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Faults;
using LuohuIOC.Simulator.Wire;
using Xunit;

namespace LuohuIOC.Tests.Simulator.City;

public sealed class CityRunTests
{
    private static readonly DateTimeOffset Start = TestCity.Start;

    [Fact]
    public void Every_sensor_reports_through_its_own_gateway_what_the_contract_allows()
    {
        var seen = new HashSet<string>();
        var sensors = TestCity.Sensors();
        var byId = sensors.ToDictionary(s => s.Id);
        foreach (var message in Messages(faults: null))
        {
            var gateway = message.Topic.Split('/')[2];
            Assert.Equal(Topic.Telemetry(gateway), message.Topic);
            foreach (var sensor in JsonDocument.Parse(message.Payload).RootElement.EnumerateObject())
            {
                Assert.Equal(gateway, byId[sensor.Name].Gateway);
                foreach (var reading in sensor.Value.EnumerateArray())
                {
                    Assert.Equal(Start.AddMinutes(1).ToUnixTimeMilliseconds(), reading.GetProperty("ts").GetInt64());
                    var names = reading.GetProperty("values").EnumerateObject().Select(v => v.Name);
                    // All but what its kind has gained since, which stands behind the signal.
                    Assert.Equal([.. KindCatalogue.Of(byId[sensor.Name].Kind).Metrics.Select(m => m.Name).TakeWhile(m => m != "signal"), "signal"], names);
                }
                seen.Add(sensor.Name);
            }
        }
        Assert.Equal(sensors.Count, seen.Count);
    }

    [Fact]
    public void Faulty_sensors_are_missing_garbled_or_off_in_time()
    {
        var sensors = TestCity.Sensors();
        var plan = new FaultPlan(sensors, 3, Start.AddDays(-1));
        var faults = Enumerable.Range(0, sensors.Count).Select(i => plan.At(i, Start.AddMinutes(1))).OfType<SensorFault>().ToArray();
        var messages = Messages(new FaultPlan(sensors, 3, Start.AddDays(-1)));
        var garbled = messages.Where(m => m.Readings == 0).Select(m => m.Topic.Split('/')[3]).ToArray();
        Assert.Equal(faults.Where(f => f.Kind == FaultKind.Garbage).Select(f => sensors[f.Sensor].Id).Order(), garbled.Order());
        var reported = messages.Where(m => m.Readings > 0).SelectMany(m => JsonDocument.Parse(m.Payload).RootElement.EnumerateObject().Select(s => s.Name)).ToHashSet();
        Assert.NotEmpty(faults);
        foreach (var fault in faults)
            Assert.Equal(fault.Kind is not (FaultKind.Silence or FaultKind.Garbage), reported.Contains(sensors[fault.Sensor].Id));
    }

    private static List<GatewayMessage> Messages(FaultPlan? faults)
    {
        var sensors = TestCity.Sensors();
        var model = new CityModel(sensors, new CityOptions { Start = Start });
        model.AdvanceTo(TimeSpan.FromMinutes(1));
        var links = new List<GatewayLink>();
        var run = new CityRun(model, new ReportSchedule(sensors, 1, null, 1, Start), 1, 1, faults, null, TimeProvider.System, (gateway, _) =>
        {
            links.Add(new GatewayLink(new BrokerAddress("127.0.0.1", 1), gateway, null, 1, TimeProvider.System));
            return links[^1];
        });
        run.ReportDue(Start.AddMinutes(1));
        var messages = new List<GatewayMessage>();
        foreach (var link in links)
        {
            var own = link.TakeUnsent().ToArray();
            Assert.All(own, m => Assert.StartsWith($"{Topic.Prefix}{link.Gateway}/", m.Topic));
            messages.AddRange(own);
        }
        return messages;
    }
}
