namespace LuohuIOC.Alerts;

/// <summary>The alerts that are open now, for those who have to end some of them.</summary>
public interface IOpenAlerts
{
    IEnumerable<AlertView> Open { get; }
}
