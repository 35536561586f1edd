using LuohuIOC.Tests.History.Queries;
using Xunit;

namespace LuohuIOC.Tests.History.Influx;

[Collection(SharedInfluxd.Collection)]
public sealed class InfluxContractTests(SharedInfluxd influxd) : HistoryContract
{
    private protected override StoreScene NewScene() => new InfluxScene(influxd.Server);
}

[Collection(SharedInfluxd.Collection)]
public sealed class InfluxRawContractTests(SharedInfluxd influxd) : RawQueryContract
{
    private protected override StoreScene NewScene() => new InfluxScene(influxd.Server);
}

[Collection(SharedInfluxd.Collection)]
public sealed class InfluxBucketContractTests(SharedInfluxd influxd) : BucketQueryContract
{
    private protected override StoreScene NewScene() => new InfluxScene(influxd.Server);
}

[Collection(SharedInfluxd.Collection)]
public sealed class InfluxExactlyOnceTests(SharedInfluxd influxd) : ExactlyOnceContract
{
    private protected override StoreScene NewScene() => new InfluxScene(influxd.Server);
}
