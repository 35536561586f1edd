using LuohuIOC.Storage;
using Xunit;

namespace LuohuIOC.Tests.Storage;

public sealed class PassingFaultTests
{
    [Fact]
    public void What_a_host_on_the_move_answers_passes_and_a_defect_does_not()
    {
        Assert.True(PassingFault.Is(new OrleansException("Forwarding failed: not owner, hop limit is reached")));
        Assert.True(PassingFault.Is(new OrleansException("x", new TimeoutException())));
        Assert.False(PassingFault.Is(new OrleansException("x", new InvalidOperationException())));
        Assert.False(PassingFault.Is(new InvalidOperationException()));
    }
}
