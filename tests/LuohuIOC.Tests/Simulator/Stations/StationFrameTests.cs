using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Registry;
using LuohuIOC.Simulator.Stations;
using LuohuIOC.Spatial;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Stations;

/// <summary>What the simulated stations write is what the product reads: metric by metric, to the protocol's last decimal.</summary>
public sealed class StationFrameTests
{
    private static readonly long Now = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(PayloadForm.Sl651, "0012345678", SensorKind.Outfall, "1.25 -0.125 0.75")]
    [InlineData(PayloadForm.Sl651, "0012345678", SensorKind.RainGauge, "12.5")]
    [InlineData(PayloadForm.Sl651, "0012345678", SensorKind.WaterQuality, "25.5 7.12 6.5 3.5 0.25 0.125 12 430")]
    [InlineData(PayloadForm.Hj212, "A440303", SensorKind.WaterQuality, "25.5 7.12 6.5 3.5 0.25 0.125 12.25 430.5")]
    [InlineData(PayloadForm.Gb26875, "00000000000A/00000011", SensorKind.Smoke, "NaN 1 0")]
    [InlineData(PayloadForm.Senml, "urn:dev:mac:0024befffe804ff1/", SensorKind.WaterQuality, "25.5 7.12 NaN 3.5 0.25 0.125 12.25 430.5")]
    [InlineData(PayloadForm.Senml, "urn:dev:mac:0024befffe804ff1/", SensorKind.RainGauge, "12.5")]
    [InlineData(PayloadForm.Lorawan, "nwave-nps405", SensorKind.Parking, "1")]
    [InlineData(PayloadForm.Lorawan, "milesight-em500-swl", SensorKind.Waterlogging, "0.3 92")]
    [InlineData(PayloadForm.Lorawan, "milesight-em500-swl", SensorKind.Manhole, "NaN 1.25")]
    [InlineData(PayloadForm.Lorawan, "milesight-gs524n", SensorKind.Smoke, "NaN 1 NaN 92")]
    [InlineData(PayloadForm.Lorawan, "milesight-gs524n", SensorKind.Smoke, "NaN 0 0 92")]
    [InlineData(PayloadForm.Lorawan, "milesight-em310-tilt", SensorKind.Slope, "NaN -0.25 80")]
    public void Reads_back(PayloadForm form, string address, SensorKind kind, string text)
    {
        var values = text.Split(' ').Select(double.Parse).ToArray();
        var frame = StationFrame.Write(new StationSensor(form, address, "s"), KindCatalogue.Of(kind), values, Now, 7)!;
        var registry = new SensorRegistry();
        registry.Apply([new SensorDraft { Line = 1, Id = "s", Kind = kind, Name = "s", Place = new GeoPoint(114.13, 22.55), Gateway = "gw" }]);
        var group = new ReadingGroup();
        var refusals = new List<Refusal>();
        var decoder = new PublishDecoder(registry, new FrameMetrics(), Options.Create(new RegistrationOptions()));
        Assert.Equal(RejectionReason.None, decoder.Decode(form, "gw", Encoding.ASCII.GetBytes("s"), frame, Now, group, refusals));
        Assert.Equal((1, Now), (group.Count, group.DeviceTimes[0]));
        var read = Enumerable.Repeat(double.NaN, values.Length).ToArray();
        for (var i = 0; i < group.SlotsOf(0).Length; i++) read[group.SlotsOf(0)[i]] = group.ValuesOf(0)[i];
        Assert.Equal(values, read);
    }

    [Theory]
    [InlineData("nwave-nps405", SensorKind.Slope)]
    [InlineData("milesight-em310-tilt", SensorKind.Parking)]
    [InlineData("no-such-device", SensorKind.Parking)]
    public void A_device_that_does_not_measure_this_says_nothing(string codec, SensorKind kind) =>
        Assert.Null(StationFrame.Write(new StationSensor(PayloadForm.Lorawan, codec, "s"), KindCatalogue.Of(kind), [1, 0], Now, 1));

    [Fact]
    public void What_a_protocol_has_no_word_for_goes_the_ordinary_way() =>
        Assert.Null(StationFrame.Write(new StationSensor(PayloadForm.Hj212, "A", "s"), KindCatalogue.Of(SensorKind.Parking), [1, 0], Now, 1));
}
