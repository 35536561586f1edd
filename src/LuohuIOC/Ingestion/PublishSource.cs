namespace LuohuIOC.Ingestion;

/// <summary>Where publishes come from: one connection to a broker, the embedded one or one outside.</summary>
internal abstract class PublishSource
{
    /// <summary>The gateway that all of them are from; null when it is the topic that says so.</summary>
    public abstract string? Gateway { get; }

    /// <summary>True when other hosts send commands by the same broker, so that a reply to an unknown command may be theirs.</summary>
    public virtual bool OthersCommand => false;

    /// <summary>The gateway of a topic as a string that is made once, not for every publish.</summary>
    public abstract string NameOf(ReadOnlySpan<char> topicGateway);
}
