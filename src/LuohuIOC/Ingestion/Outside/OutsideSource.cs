namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// Publishes of many gateways by one connection: the topic says whose they are, and the broker's access list has seen to it that nobody else
/// publishes there.
/// </summary>
internal sealed class OutsideSource(Func<bool> othersCommand) : PublishSource
{
    /// <summary>Names kept; a broker with more gateways than this costs a string a message.</summary>
    private const int NamesMax = 10_000;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public override string? Gateway => null;

    public override bool OthersCommand => othersCommand();

    public override string NameOf(ReadOnlySpan<char> topicGateway)
    {
        var names = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (names.TryGetValue(topicGateway, out var known)) return known;
        var name = topicGateway.ToString();
        if (_names.Count < NamesMax) _names[name] = name;
        return name;
    }
}
