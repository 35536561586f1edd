using System.Text;
using LuohuIOC.DeviceProtocol;
using Xunit;
using static LuohuIOC.Tests.Ingestion.Frames.FrameScene;

namespace LuohuIOC.Tests.Ingestion.Frames;

/// <summary>What becomes of a pack's names and units, when the sensor is of a kind.</summary>
public sealed class SenmlPackTests
{
    [Fact]
    public void A_unit_makes_the_value_the_metrics_own_and_the_tables_factor_is_for_those_without() =>
        Assert.Equal(
            [$"{Evening - 2000} seq=none depth=0.31", $"{Evening - 1000} seq=none depth=0.32", $"{Evening} seq=none depth=0.33 battery=92"],
            Decode(SensorKind.Waterlogging,
                """[{"n":"depth","u":"cm","v":31,"t":-2},{"n":"depth_cm","v":32,"t":-1},{"n":"depth_cm","u":"mm","v":330},{"n":"battery","u":"/","v":0.92}]"""));

    [Fact]
    public void A_base_unit_holds_for_numbers_and_a_boolean_has_none() =>
        Assert.Equal(
            [$"{Evening} seq=none temperature=22 alarm=1"],
            Decode(SensorKind.Heat, """[{"bu":"K","n":"temperature","v":295.15},{"n":"alarm","vb":true}]"""));

    [Fact]
    public void A_unit_of_another_quantity_refuses_its_metric_and_no_other() =>
        Assert.Equal(
            [$"{Evening} seq=none flow=0.25", "unit_unknown urn:dev:1/level"],
            Decode(SensorKind.Outfall, """[{"bn":"urn:dev:1/","n":"level","u":"V","v":1.2},{"n":"flow","u":"l/s","v":250},{"n":"velocity","u":"furlong","v":1}]"""));

    [Theory]
    [InlineData(SensorKind.WaterQuality, """[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]""", "metric_unknown urn:dev:ow:10e2073a01080063")]
    [InlineData(SensorKind.Generic, """[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]""", "metric_unknown urn:dev:ow:10e2073a01080063")]
    [InlineData(SensorKind.Outfall, """[{"n":"nosuch","v":1},{"n":"nosuch2","v":2}]""", "metric_unknown nosuch")]
    public void A_name_that_is_no_metric_is_told(SensorKind kind, string pack, string told) => Assert.Equal([told], Decode(kind, pack));

    [Fact]
    public void Each_reason_is_told_once_and_the_rest_is_taken() =>
        Assert.Equal(
            [$"{Evening} seq=none level=1.2", "metric_unknown nosuch", "unit_unknown flow"],
            Decode(SensorKind.Outfall, """[{"n":"nosuch","v":1},{"n":"level","u":"m","v":1.2},{"n":"flow","u":"m","v":1},{"n":"battery","u":"V","v":3.6}]"""));

    [Fact]
    public void A_generic_sensors_values_stay_as_they_are() =>
        Assert.Equal([$"{Evening} seq=none speed=3.6"], Decode(SensorKind.Generic, """[{"n":"speed","u":"km/h","v":3.6}]"""));

    [Fact]
    public void A_record_that_is_none_is_told_with_its_number_and_the_rest_is_taken() =>
        Assert.Equal(
            [$"{Evening} seq=none level=1.2 flow=3", "wrong_shape urn:dev:1/velocity[1]"],
            Decode(SensorKind.Outfall, """[{"bn":"urn:dev:1/","n":"level","v":1.2},{"n":"velocity","v":"1.1"},{"n":"flow","v":3}]"""));

    [Fact]
    public void A_sum_is_a_generic_sensors_beside_the_value_and_told_where_no_metric_is_for_it()
    {
        Assert.Equal([$"{Evening} seq=none power=3 power_sum=105"], Decode(SensorKind.Generic, """[{"n":"power","u":"W","v":3,"s":105}]"""));
        Assert.Equal([$"{Evening} seq=none level=1"], Decode(SensorKind.River, """[{"n":"level","v":1,"s":105}]"""));
        Assert.Equal(["metric_unknown level_sum"], Decode(SensorKind.River, """[{"n":"level","s":105}]"""));
    }

    [Fact]
    public void A_text_is_no_metric_and_told_where_there_is_nothing_else()
    {
        Assert.Equal(["metric_unknown level"], Decode(SensorKind.River, """[{"n":"level","vs":"12.5"}]"""));
        Assert.Equal([$"{Evening} seq=none level=1"], Decode(SensorKind.River, """[{"n":"level","v":1},{"n":"firmware","vs":"1.2"}]"""));
    }

    private static List<string> Decode(SensorKind kind, string pack) => FrameScene.Decode(PayloadForm.Senml, kind, Encoding.UTF8.GetBytes(pack));
}
