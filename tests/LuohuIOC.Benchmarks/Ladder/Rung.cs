namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>How much of the product stands behind the socket: each rung is the one before and one room more.</summary>
public enum Rung
{
    /// <summary>MQTTnet on Kestrel, acknowledged at once, payloads forgotten: the ceiling.</summary>
    Bare,

    /// <summary>Decoded, checked and durable before the acknowledgement.</summary>
    Journal,

    /// <summary>Judged by quality checks and rules in the sensors' grains.</summary>
    Grains,

    /// <summary>The whole product: queryable in history.</summary>
    History,

    /// <summary>The same, as it is published and as <c>./ioc run</c> starts it: compiled beforehand.</summary>
    Published,
}
