using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Orleans
{
    public static class GrainStreamingExtensions
    {
        public static IStreamProvider GetStreamProvider(this IGrainBase grain, string name)
        {
            ArgumentNullException.ThrowIfNull(grain);
            return Find(grain.GrainContext.ActivationServices, name);
        }

        internal static IStreamProvider Find(IServiceProvider services, string name)
            => services.GetKeyedService<IStreamProvider>(name) ?? throw new KeyNotFoundException($"Stream provider '{name}' not found");
    }

    public static class ClientStreamingExtensions
    {
        public static IStreamProvider GetStreamProvider(this IClusterClient client, string name)
        {
            ArgumentNullException.ThrowIfNull(client);
            return GrainStreamingExtensions.Find(client.ServiceProvider, name);
        }
    }
}

namespace Orleans.Streams
{
    public static class StreamProviderExtensions
    {
        public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, string id) => Provider(streamProvider).GetStream<T>(StreamId.Create(ns, id));

        public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, Guid id) => Provider(streamProvider).GetStream<T>(StreamId.Create(ns, id));

        public static IAsyncStream<T> GetStream<T>(this IStreamProvider streamProvider, string ns, long id) => Provider(streamProvider).GetStream<T>(StreamId.Create(ns, id));

        private static IStreamProvider Provider(IStreamProvider provider) => provider ?? throw new ArgumentNullException(nameof(provider));
    }

    public static class AsyncObservableExtensions
    {
        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync)
            => Subscribe(obs, onNextAsync, null, null, null);

        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync)
            => Subscribe(obs, onNextAsync, onErrorAsync, null, null);

        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Task> onCompletedAsync)
            => Subscribe(obs, onNextAsync, null, onCompletedAsync, null);

        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync, Func<Task> onCompletedAsync)
            => Subscribe(obs, onNextAsync, onErrorAsync, onCompletedAsync, null);

        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync, StreamSequenceToken token)
            => Subscribe(obs, onNextAsync, null, null, token);

        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync, StreamSequenceToken token)
            => Subscribe(obs, onNextAsync, onErrorAsync, null, token);

        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync, Func<Task> onCompletedAsync, StreamSequenceToken token)
            => Subscribe(obs, onNextAsync, onErrorAsync, onCompletedAsync, token);

        private static Task<StreamSubscriptionHandle<T>> Subscribe<T>(
            IAsyncObservable<T> stream, Func<T, StreamSequenceToken?, Task> onNext, Func<Exception, Task>? onError, Func<Task>? onCompleted, StreamSequenceToken? token)
        {
            ArgumentNullException.ThrowIfNull(stream);
            return stream.SubscribeAsync(new LambdaObserver<T>(onNext, onError, onCompleted), token);
        }
    }

    public static class StreamSubscriptionHandleExtensions
    {
        public static Task<StreamSubscriptionHandle<T>> ResumeAsync<T>(this StreamSubscriptionHandle<T> handle, Func<T, StreamSequenceToken?, Task> onNextAsync, StreamSequenceToken? token = null)
            => Resume(handle, onNextAsync, null, null, token);

        public static Task<StreamSubscriptionHandle<T>> ResumeAsync<T>(this StreamSubscriptionHandle<T> handle, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync, StreamSequenceToken? token = null)
            => Resume(handle, onNextAsync, onErrorAsync, null, token);

        public static Task<StreamSubscriptionHandle<T>> ResumeAsync<T>(this StreamSubscriptionHandle<T> handle, Func<T, StreamSequenceToken?, Task> onNextAsync, Func<Exception, Task> onErrorAsync, Func<Task> onCompletedAsync, StreamSequenceToken? token = null)
            => Resume(handle, onNextAsync, onErrorAsync, onCompletedAsync, token);

        private static Task<StreamSubscriptionHandle<T>> Resume<T>(
            StreamSubscriptionHandle<T> handle, Func<T, StreamSequenceToken?, Task> onNext, Func<Exception, Task>? onError, Func<Task>? onCompleted, StreamSequenceToken? token)
        {
            ArgumentNullException.ThrowIfNull(handle);
            return handle.ResumeAsync(new LambdaObserver<T>(onNext, onError, onCompleted), token);
        }
    }

    internal sealed class LambdaObserver<T>(Func<T, StreamSequenceToken?, Task> onNext, Func<Exception, Task>? onError, Func<Task>? onCompleted) : IAsyncObserver<T>
    {
        public Task OnNextAsync(T item, StreamSequenceToken? token = null) => onNext(item, token);

        public Task OnCompletedAsync() => onCompleted?.Invoke() ?? Task.CompletedTask;

        public Task OnErrorAsync(Exception ex) => onError?.Invoke(ex) ?? Task.CompletedTask;
    }
}
