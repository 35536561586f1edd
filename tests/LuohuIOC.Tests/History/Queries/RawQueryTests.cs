namespace LuohuIOC.Tests.History.Queries;

public sealed class RawQueryTests : RawQueryContract
{
    private protected override StoreScene NewScene() => new HistoryScene();
}
