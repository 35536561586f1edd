namespace LuohuIOC.Alerts;

/// <summary>Looks at what stands around a sensor when its alert was raised, so that alerts need not know sensors. Asked off the readings' way; reads and changes nothing.</summary>
public interface IWitnesses
{
    /// <param name="alert">Freshly raised.</param>
    /// <param name="last">The last one like it, null when there was none.</param>
    /// <param name="at">Now.</param>
    Surroundings Look(AlertView alert, LastEpisode? last, DateTimeOffset at);
}
