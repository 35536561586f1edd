namespace LuohuIOC.Alerts;

/// <summary>The alerts that are open now, for a detector that ends what it watches no more, and what becomes of them.</summary>
public interface IOpenAlerts
{
    IEnumerable<AlertView> Open { get; }

    /// <summary>Any alert's transition, also one of another host and one after it was closed. A handler queues and returns.</summary>
    event Action<AlertView>? Changed;
}
