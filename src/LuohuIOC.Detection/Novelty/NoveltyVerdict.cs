namespace LuohuIOC.Detection.Novelty;

public enum NoveltyVerdict
{
    /// <summary>Too few readings yet to know what is rare; the score is 0.</summary>
    WarmingUp,

    /// <summary>The score counts.</summary>
    Scored,

    /// <summary>The value was missing or not a number; nothing was learned.</summary>
    Missing,
}
