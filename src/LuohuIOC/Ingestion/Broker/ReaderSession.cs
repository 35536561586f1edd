namespace LuohuIOC.Ingestion.Broker;

/// <summary>A connection that reads: it showed an API token as its MQTT password, may subscribe to observations and publish nothing.</summary>
/// <param name="TokenId">The token that opened it.</param>
/// <param name="ClientId">The broker's name of the connection.</param>
internal sealed record ReaderSession(string TokenId, string ClientId)
{
    public static readonly object Key = new();
}
