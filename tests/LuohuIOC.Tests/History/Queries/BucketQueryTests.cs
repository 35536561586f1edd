namespace LuohuIOC.Tests.History.Queries;

public sealed class BucketQueryTests : BucketQueryContract
{
    private protected override StoreScene NewScene() => new HistoryScene();
}
