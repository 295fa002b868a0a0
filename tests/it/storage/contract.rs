//! The contract suite, on the stores in memory and on PostgreSQL.

macro_rules! on_both {
    ($($area:ident: $($name:ident),+ ;)+) => {
        mod memory { $($(
            #[tokio::test]
            async fn $name() {
                luvhive_tests::contract::$area::$name(luvhive_tests::contract::Stores::memory()).await;
            }
        )+)+ }
        mod postgres { $($(
            #[tokio::test]
            async fn $name() {
                luvhive_tests::contract::$area::$name(luvhive_tests::contract::Stores::postgres().await).await;
            }
        )+)+ }
    };
}

luvhive_tests::contracts!(on_both);
