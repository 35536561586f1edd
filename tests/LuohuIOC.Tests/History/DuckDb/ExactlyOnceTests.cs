namespace LuohuIOC.Tests.History.DuckDb;

public sealed class ExactlyOnceTests : ExactlyOnceContract
{
    private protected override StoreScene NewScene() => new HistoryScene();
}
