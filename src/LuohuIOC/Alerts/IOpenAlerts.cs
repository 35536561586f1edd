namespace LuohuIOC.Alerts;

/// <summary>The alerts that are open now, for a detector that ends what it watches no more.</summary>
public interface IOpenAlerts
{
    IEnumerable<AlertView> Open { get; }
}
